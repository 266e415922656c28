/** Where a sharp edge of the reference is held: spec file (or its table of cases) and title. */
export type Held = readonly (readonly [file: string, title: string])[];

/** The edges that COMPATIBILITY.md lists, by the names that they have there. */
export const SHARP_EDGES: Readonly<Record<string, Held>> = {
  'status of a bad value': [
    ['spec/cli/kolla-build.spec.ts', 'prints one line for a value that is not valid, and exits 1'],
  ],
  'missing logs dir': [['spec/adapters/log.spec.ts', 'in a folder that it makes']],
  'labels and the cache': [
    [
      'spec/cli/sharp-edges.docker.spec.ts',
      'labels and the cache, missing buildx: a second run finds every layer',
    ],
  ],
  'descendants of a failure': [
    ['spec/adapters/build.spec.ts', 'leave what is built on the image as it was, and nothing else'],
    ['spec/cli/parent-errors.spec.ts', 'turns everything above a failed image into parent errors'],
  ],
  'status of what crashed': [['spec/adapters/build.spec.ts', 'end as errors, not as crashes: %s']],
  'failed push and children': [
    [
      'spec/adapters/build.spec.ts',
      'fails without a second attempt where the registry says no, and spoils no child',
    ],
  ],
  'selected below unselected': [
    [
      'spec/adapters/prepare-images.spec.ts',
      'keeps a selected image that lies in the folder of one that is not',
    ],
  ],
  'relative work dir': [
    ['spec/cli/sharp-edges.spec.ts', 'relative work dir: plugins are unpacked all the same'],
  ],
  'members that leave their folder': [
    ['spec/adapters/extract-archive.oracle.spec.ts', 'refuses %s by name'],
  ],
  'reused work dir': [
    [
      'spec/adapters/prepare-images.spec.ts',
      'forgets images of an earlier run in the same work dir',
    ],
    ['spec/adapters/prepare-images.spec.ts', 'forgets the plugins that an earlier build unpacked'],
    ['spec/adapters/prepare-images.spec.ts', 'warns of a template in a reused work dir'],
  ],
  'temporary folders': [
    ['spec/cli/kolla-build.spec.ts', 'leaves no temporary folder behind after lists and errors'],
  ],
  'tree of the last root': [
    ['spec/kolla/dependencies.spec.ts', 'shows the tree of the last root alone'],
    ['spec/cli/kollage.spec.ts', 'shows every root of the tree'],
  ],
  'images in a circle': [['spec/kolla/parents.spec.ts', 'refuses images that stand on %s']],
  'order of images': [
    ['spec/cli/sharp-edges.spec.ts', 'order of images: by path, whatever the file system says'],
  ],
  'two images of one name': [
    ['spec/kolla/parents.spec.ts', 'refuses two images of one name and names both files'],
  ],
  'names that nothing knows': [
    ['spec/cli/kolla-build.spec.ts', 'says what a key that nothing reads was probably meant to be'],
    ['spec/kolla/override-names.spec.ts', 'names the block that was meant'],
  ],
  'override without extends': [
    ['spec/kolla/overrides.spec.ts', 'warns when the result replaces every Dockerfile'],
  ],
  'lines with extends': [
    [
      'spec/kolla/overrides.spec.ts',
      'drops complete lines with extends from further files, guilty or not',
    ],
    ['spec/kolla/overrides.spec.ts', 'keeps an extends tag on a last line without line end'],
  ],
  'imports of overrides': [
    ['spec/cli/run-cases.ts', 'an import in an override'],
    [
      'spec/adapters/prepare-images.spec.ts',
      'lets overrides import what lies beside them, and templates, when asked to',
    ],
  ],
  'place of a template error': [
    ['spec/cli/kolla-build.spec.ts', 'names file and line of a template error, and shows the line'],
  ],
  'broken template that nobody needs': [
    [
      'spec/cli/kolla-build.spec.ts',
      'is not stopped by a broken template that no selected image needs',
    ],
  ],
  namespace: [['spec/cli/run-cases.ts', 'a namespace that is a text']],
  'customizable and its list': [
    ['spec/kolla/template-functions.oracle.spec.ts', 'customizable(${kind}) }} {{ l }}'],
  ],
  'glued repository commands': [
    ['spec/kolla/repos.oracle.spec.ts', 'writes what the real one writes, in'],
  ],
  'packages named like addresses': [
    [
      'spec/kolla/template-functions.oracle.spec.ts',
      "debian_package_install(['https://x.example/a.deb?x=1', 'httpie'])",
    ],
  ],
  'empty number': [
    [
      'spec/kolla/config/resolve-options.spec.ts',
      'refuses an empty number when it is needed, and not before',
    ],
  ],
  'environment over command line': [
    [
      'spec/kolla/config/config-cases.ts',
      'the environment before a command line that a file backs',
    ],
    [
      'spec/kolla/config/resolve-options.spec.ts',
      'splits lists of paths in the environment at colons and regexes into characters',
    ],
  ],
  'file after an option': [['spec/kolla/config/config-cases.ts', 'a command line, then a file']],
  'dollar signs': [
    ['spec/kolla/config/resolve-options.spec.ts', 'says which option holds a stray dollar sign'],
    ['spec/kolla/config/config-cases.ts', 'a password with a dollar sign'],
  ],
  'build arguments in errors': [
    ['spec/adapters/build.spec.ts', 'reach the engine and no line of the log'],
    ['spec/kolla/secrets.spec.ts', 'are the values of the arguments that are named, and no others'],
  ],
  'debug messages of the program': [
    [
      'spec/adapters/log.spec.ts',
      'shows debug messages of images with debug, of the program only when told',
    ],
  ],
  'live output': [
    ['spec/cli/sharp-edges.docker.spec.ts', 'live output: a line comes while its step still runs'],
  ],
  'logs of earlier runs': [
    ['spec/adapters/log.spec.ts', 'appending'],
    [
      'spec/cli/sharp-edges.spec.ts',
      'logs of earlier runs: the link of a failure stays after a success',
    ],
  ],
  interrupts: [
    ['spec/cli/signals.spec.ts', 'cancels on %s and asks for status %i'],
    ['spec/adapters/build.spec.ts', 'cancels what runs and starts nothing more, at any moment'],
  ],
  'blind retries': [
    ['spec/adapters/build.spec.ts', 'are tried again only where that may help'],
    [
      'spec/kolla/build-rules.spec.ts',
      'doubles from one second to half a minute, less a part left to chance',
    ],
  ],
  'downloads that break off': [
    ['spec/adapters/fetch-source.spec.ts', 'goes on where a connection broke off'],
    ['spec/adapters/fetch-source.spec.ts', 'says that nobody listens'],
  ],
  'same download twice': [
    [
      'spec/build/sources.docker.spec.ts',
      'are fetched once per run, and from the cache without a network',
    ],
  ],
  'archives of git sources': [
    ['spec/adapters/git-source.spec.ts', 'gives the same archive for the same commit'],
  ],
  'slash behind a local source': [
    ['spec/adapters/archive-bytes.oracle.spec.ts', 'without a top folder'],
  ],
  'plugin without a type': [
    ['spec/cli/sharp-edges.spec.ts', 'plugin without a type: named before anything is built'],
  ],
  'skipped image that was asked for': [
    [
      'spec/kolla/filter-images.spec.ts',
      'skips matched images that have children, asked for or not',
    ],
  ],
  'debian-arch and templates': [
    ['spec/cli/run-cases.ts', 'render with another debian architecture'],
  ],
  'patterns in one group': [
    ['spec/kolla/filter-images.spec.ts', 'takes patterns one by one where kolla cannot join them'],
    [
      'spec/kolla/filter-images.spec.ts',
      'counts groups from the group that kolla puts around all patterns',
    ],
    ['spec/cli/run-cases.ts', 'list a regex and a profile'],
  ],
  'spellings of FROM': [
    ['spec/kolla/parents.spec.ts', 'a platform, which kolla takes for the parent'],
    ['spec/kolla/parents.spec.ts', 'a tab, where kolla crashes'],
  ],
  polling: [['spec/adapters/build.spec.ts', 'does not wait between tasks']],
  'needs of a list': [
    ['spec/cli/sharp-edges.spec.ts', 'needs of a list: no git, no engine, no Python'],
    [
      'spec/kolla/config/resolve-options.spec.ts',
      'asks for the architecture on a machine that kolla does not know',
    ],
  ],
  'repository around the package': [
    [
      'spec/cli/sharp-edges.spec.ts',
      'repository around the package: says nothing about the package',
    ],
  ],
  'series of patches': [
    [
      'spec/adapters/prepare-images.spec.ts',
      'copies the patches of a series file, and tells which are missing',
    ],
    ['spec/adapters/prepare-images.spec.ts', 'refuses a patch outside of the folder of patches'],
  ],
  'defaults that the guide tells': [
    ['spec/cli/sharp-edges.spec.ts', 'defaults that the guide tells: help has those of the series'],
    ['spec/kolla/config/options-page.spec.ts', 'OPTIONS.md is what the option table says'],
  ],
  'missing buildx': [
    [
      'spec/cli/sharp-edges.docker.spec.ts',
      'labels and the cache, missing buildx: a second run finds every layer',
    ],
  ],
};
