-- The log tells of files that were moved and found again.

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = 'facereview.batch'::regclass AND conname = 'batch_kind_check'
          AND pg_get_constraintdef(oid) LIKE '%located%'
    ) THEN
        ALTER TABLE facereview.batch DROP CONSTRAINT IF EXISTS batch_kind_check;
        ALTER TABLE facereview.batch ADD CONSTRAINT batch_kind_check CHECK (kind IN (
            'accept', 'assign', 'confirm', 'reject', 'not_person', 'automatic', 'undo', 'redo',
            'skip', 'join', 'mirror', 'split', 'later', 'exclude',
            'add', 'promote', 'retire', 'restore', 'move',
            'create', 'rename', 'describe', 'picture', 'merge', 'divide', 'replaced',
            'different', 'video_removed', 'setting', 'scan', 'migrate', 'delete', 'erase',
            'located'));
    END IF;
END $$;

-- check
SELECT EXISTS (SELECT FROM pg_constraint
               WHERE conrelid = 'facereview.batch'::regclass AND conname = 'batch_kind_check'
                 AND pg_get_constraintdef(oid) LIKE '%located%')
