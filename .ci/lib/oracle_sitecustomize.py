"""Names that old kolla releases import from Jinja2 and that Jinja2 3.1 no longer has."""

try:
    import jinja2
except ImportError:
    pass
else:
    for old, new in (
        ("contextfilter", "pass_context"),
        ("contextfunction", "pass_context"),
        ("environmentfunction", "pass_environment"),
    ):
        if not hasattr(jinja2, old):
            setattr(jinja2, old, getattr(jinja2, new))
