"""Writes lib/jinja/unicode-names.json: the names behind '\\N{...}', from this Python's own table.

Run it with the Python whose Unicode version is wanted:  python scripts/unicode-names.py
Names that follow from their code point (ideographs, Hangul) are left to the reader.
"""

import base64
import json
import pathlib
import unicodedata
import zlib

COMPUTED = (
    "CJK UNIFIED IDEOGRAPH-",
    "CJK COMPATIBILITY IDEOGRAPH-",
    "HANGUL SYLLABLE ",
    "KHITAN SMALL SCRIPT CHARACTER-",
    "NUSHU CHARACTER-",
    "TANGUT IDEOGRAPH-",
)
# Python does not list its aliases; these are those of control and format characters.
ALIASES = """
NULL|START OF HEADING|START OF TEXT|END OF TEXT|END OF TRANSMISSION|ENQUIRY|ACKNOWLEDGE|ALERT|BACKSPACE
CHARACTER TABULATION|HORIZONTAL TABULATION|LINE FEED|NEW LINE|END OF LINE|LINE TABULATION
VERTICAL TABULATION|FORM FEED|CARRIAGE RETURN|SHIFT OUT|LOCKING-SHIFT ONE|SHIFT IN|LOCKING-SHIFT ZERO
DATA LINK ESCAPE|DEVICE CONTROL ONE|DEVICE CONTROL TWO|DEVICE CONTROL THREE|DEVICE CONTROL FOUR
NEGATIVE ACKNOWLEDGE|SYNCHRONOUS IDLE|END OF TRANSMISSION BLOCK|CANCEL|END OF MEDIUM|SUBSTITUTE|ESCAPE
INFORMATION SEPARATOR FOUR|FILE SEPARATOR|INFORMATION SEPARATOR THREE|GROUP SEPARATOR
INFORMATION SEPARATOR TWO|RECORD SEPARATOR|INFORMATION SEPARATOR ONE|UNIT SEPARATOR|DELETE
PADDING CHARACTER|HIGH OCTET PRESET|BREAK PERMITTED HERE|NO BREAK HERE|INDEX|NEXT LINE
START OF SELECTED AREA|END OF SELECTED AREA|CHARACTER TABULATION SET|LINE TABULATION SET
PARTIAL LINE FORWARD|PARTIAL LINE BACKWARD|REVERSE LINE FEED|REVERSE INDEX|SINGLE SHIFT TWO
SINGLE SHIFT THREE|DEVICE CONTROL STRING|PRIVATE USE ONE|PRIVATE USE TWO|SET TRANSMIT STATE
CANCEL CHARACTER|MESSAGE WAITING|START OF GUARDED AREA|END OF GUARDED AREA|START OF STRING
SINGLE CHARACTER INTRODUCER|CONTROL SEQUENCE INTRODUCER|STRING TERMINATOR|OPERATING SYSTEM COMMAND
PRIVACY MESSAGE|APPLICATION PROGRAM COMMAND|BYTE ORDER MARK
NUL|SOH|STX|ETX|EOT|ENQ|ACK|BEL|BS|HT|TAB|LF|NL|EOL|VT|FF|CR|SO|SI|DLE|DC1|DC2|DC3|DC4|NAK|SYN|ETB|CAN
EOM|EM|SUB|ESC|FS|GS|RS|US|SP|DEL|PAD|HOP|BPH|NBH|IND|NEL|SSA|ESA|HTS|HTJ|VTS|PLD|PLU|RI|SS2|SS3|DCS
PU1|PU2|STS|CCH|MW|SPA|EPA|SOS|SGC|SCI|CSI|ST|OSC|PM|APC|NBSP|SHY|CGJ|ALM|ZWSP|ZWNJ|ZWJ|LRM|RLM|LRE
RLE|PDF|LRO|RLO|NNBSP|MMSP|WJ|LRI|RLI|FSI|PDI|BOM|ZWNBSP
"""


def main():
    named = {}
    for code in range(0x110000):
        name = unicodedata.name(chr(code), "")
        if name and not name.startswith(COMPUTED):
            named[name] = code
    for alias in ALIASES.replace("\n", "|").split("|"):
        try:
            named[alias] = ord(unicodedata.lookup(alias))
        except (KeyError, TypeError):
            continue
    lines = []
    last = -2
    for name, code in named.items():
        lines.append(name if code == last + 1 else f"{name};{code:x}")
        last = code
    packed = zlib.compress("\n".join(lines).encode(), 9)
    data = {"unicode": unicodedata.unidata_version, "names": base64.b64encode(packed).decode()}
    target = pathlib.Path(__file__).parent.parent / "lib/jinja/unicode-names.json"
    target.write_text(json.dumps(data) + "\n")


main()
