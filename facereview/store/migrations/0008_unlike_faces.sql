-- Faces that do not go with the track they are linked to: what is said of it is not said of them.

ALTER TABLE facereview.track ADD COLUMN IF NOT EXISTS unlike INTEGER[];

-- check
SELECT EXISTS (SELECT FROM pg_attribute
               WHERE attrelid = 'facereview.track'::regclass AND attname = 'unlike')
