-- One history per curator and workstation: besides decisions, what curators do to clusters,
-- references and creators, and what they skip, can be taken back across restarts.

ALTER TABLE facereview.batch ADD COLUMN IF NOT EXISTS detail JSONB NOT NULL DEFAULT '{}';
ALTER TABLE facereview.batch ADD COLUMN IF NOT EXISTS overtaken_at TIMESTAMPTZ;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = 'facereview.batch'::regclass AND conname = 'batch_kind_check'
          AND pg_get_constraintdef(oid) LIKE '%divide%'
    ) THEN
        ALTER TABLE facereview.batch DROP CONSTRAINT IF EXISTS batch_kind_check;
        ALTER TABLE facereview.batch ADD CONSTRAINT batch_kind_check CHECK (kind IN (
            'accept', 'assign', 'confirm', 'reject', 'not_person', 'automatic', 'undo', 'redo',
            'skip', 'join', 'mirror', 'split', 'later', 'exclude',
            'add', 'promote', 'retire', 'restore', 'move',
            'create', 'rename', 'describe', 'picture', 'merge', 'divide'));
    END IF;
END $$;

-- What an act changed beside faces, a row each, whole as it was before and after.
CREATE TABLE IF NOT EXISTS facereview.row_change (
    id BIGSERIAL PRIMARY KEY,
    batch_id BIGINT NOT NULL REFERENCES facereview.batch(id),
    subject TEXT NOT NULL
        CHECK (subject IN ('creator', 'alias', 'cluster', 'membership', 'apart', 'mirror',
                           'reference', 'skip', 'change')),
    before JSONB,
    after JSONB
);
CREATE INDEX IF NOT EXISTS row_change_batch ON facereview.row_change(batch_id);

-- Faces that a curator put off; deciding one forgets it.
CREATE TABLE IF NOT EXISTS facereview.skip (
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    skipped_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (detection_id, actor)
);

-- References that went with the act that made them, kept for its redo. They outlive their creator,
-- who may have been made by an act that is undone as well.
CREATE TABLE IF NOT EXISTS facereview.withdrawn (
    id INTEGER PRIMARY KEY,
    creator_id INTEGER NOT NULL,
    embedding vector(512) NOT NULL,
    source_type TEXT NOT NULL,
    source_path TEXT,
    quality_score REAL,
    created_at TIMESTAMP,
    rest JSONB NOT NULL DEFAULT '{}'
);

-- check
SELECT to_regclass('facereview.withdrawn') IS NOT NULL
   AND to_regclass('facereview.skip') IS NOT NULL
   AND to_regclass('facereview.row_change') IS NOT NULL
   AND EXISTS (SELECT FROM pg_attribute
               WHERE attrelid = 'facereview.batch'::regclass AND attname = 'overtaken_at')
   AND EXISTS (SELECT FROM pg_constraint
               WHERE conrelid = 'facereview.batch'::regclass AND conname = 'batch_kind_check'
                 AND pg_get_constraintdef(oid) LIKE '%divide%')
