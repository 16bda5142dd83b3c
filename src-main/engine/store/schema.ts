/** The tables of project.db, as steps: `user_version` says how many a file has had, and a step is never edited again. */

/** 'Rcpv': marks the file as ours before anything in it is believed. */
export const applicationId = 0x52637076;

export const migrations: readonly string[] = [
  `
  CREATE TABLE project (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    -- The folder the project was made of, so that opening it again finds this project; NULL for an empty one.
    origin TEXT,
    created_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    -- When it was last brought in to the end; NULL when that was cut short.
    imported_at TEXT
  ) STRICT;

  CREATE TABLE classes (
    -- AUTOINCREMENT: an id that undo may bring back is never given to another class.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    color TEXT NOT NULL
  ) STRICT;

  CREATE TABLE images (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    -- Relative to the source; names on Linux are bytes, and those that are not UTF-8 are rejected by the scan.
    path TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    modified_ms REAL NOT NULL,
    -- Indexes into imageStatuses and splits.
    status INTEGER NOT NULL,
    split INTEGER NOT NULL DEFAULT 0,
    class_id INTEGER REFERENCES classes (id),
    reason TEXT,
    width INTEGER,
    height INTEGER,
    format TEXT,
    UNIQUE (source_id, path)
  ) STRICT;
  -- Covers what the grid lists, so that 100,000 rows are read without their paths.
  CREATE INDEX images_columns ON images (class_id, status, split);

  CREATE TABLE networks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    json TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;

  -- An index only: runs/<id>/ holds the run. ended is NULL while it goes.
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ended TEXT,
    -- Which images it learnt from and which it held out: their ids, 4 bytes each, little endian.
    training_ids BLOB NOT NULL,
    validation_ids BLOB NOT NULL
  ) STRICT;

  CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    label TEXT NOT NULL,
    changes TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  `,
  `
  -- What is being brought in, so that it goes on after a crash. A row is deleted when its import ends.
  CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- A JSON array of absolute paths of files and folders.
    paths TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Takes part in nothing; its label stays.
  ALTER TABLE images ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0;
  -- Its side is held fast, whatever is assigned.
  ALTER TABLE images ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
  -- The file was not there when it was last looked for.
  ALTER TABLE images ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;
  -- Index into labelOrigins. What was labelled before this was kept is a folder's label where the folder says the same.
  ALTER TABLE images ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;
  UPDATE images SET origin = CASE
    WHEN EXISTS (SELECT 1 FROM classes WHERE classes.id = class_id AND instr(path, name || '/') = 1) THEN 1
    ELSE 2
  END WHERE class_id IS NOT NULL;
  -- SHA-256 of the file's bytes; NULL until it was read.
  ALTER TABLE images ADD COLUMN content BLOB;
  CREATE INDEX images_content ON images (content) WHERE content IS NOT NULL;
  DROP INDEX images_columns;
  CREATE INDEX images_columns ON images (class_id, status, split, excluded, pinned, missing, origin);
  -- Undone entries are the newest; with them found at once, so is the next one to undo.
  CREATE INDEX journal_undone ON journal (id) WHERE undone = 1;

  -- NULL for none.
  ALTER TABLE classes ADD COLUMN key TEXT;
  UPDATE classes SET key = NULLIF(SUBSTR(
    '123456789abcdeghijklmnoqrstuvwyz',
    (SELECT COUNT(*) FROM classes AS earlier WHERE earlier.id <= classes.id),
    1
  ), '');

  ALTER TABLE imports ADD COLUMN several_labels TEXT NOT NULL DEFAULT 'first';
  -- How often it was started since it last added something: what ends the engine each time is given up.
  ALTER TABLE imports ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
  -- Whether its files of labels have labelled the images that were there before it.
  ALTER TABLE imports ADD COLUMN labelled INTEGER NOT NULL DEFAULT 0;
  -- How many new files in it were offered and not wanted.
  ALTER TABLE sources ADD COLUMN declined INTEGER NOT NULL DEFAULT 0;

  -- What a model thinks of an image; never a label.
  CREATE TABLE predictions (
    image_id INTEGER PRIMARY KEY REFERENCES images (id),
    class_id INTEGER NOT NULL,
    -- Probability of the class, and how much more that is than the next class's.
    confidence REAL NOT NULL,
    margin REAL NOT NULL
  ) STRICT;
  CREATE TABLE prediction_source (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    made_at TEXT NOT NULL
  ) STRICT;

  -- What the quality scan found. value is the group of a duplicate, else what was measured. acrossSides is not stored: it
  -- follows from the groups and the sides.
  CREATE TABLE findings (
    kind INTEGER NOT NULL,
    image_id INTEGER NOT NULL REFERENCES images (id),
    value REAL NOT NULL,
    PRIMARY KEY (kind, image_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX findings_groups ON findings (kind, value);
  CREATE TABLE quality_scan (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    ended_at TEXT NOT NULL
  ) STRICT;
  -- The images that the scan looked at, with the size and time that their files had in the project then.
  CREATE TABLE quality_scanned (
    image_id INTEGER PRIMARY KEY REFERENCES images (id),
    bytes INTEGER NOT NULL,
    modified_ms REAL NOT NULL
  ) STRICT;
  `,
  `
  -- Runs that wait to be trained, first come first; a row goes when its run has a folder.
  CREATE TABLE queue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    network TEXT NOT NULL,
    recipe TEXT NOT NULL,
    -- Why it could not begin when its turn came; NULL before.
    problem TEXT
  ) STRICT;
  -- The image that is looked at while a run trains; NULL for one of the run's own.
  ALTER TABLE project ADD COLUMN watched_image INTEGER REFERENCES images (id);
  `,
];
