-- Every query of facereview, each under its name. Parameters are psycopg's %(name)s.

-- ------------------------------------------------------------------------------------ library

-- name: server_versions
-- What the server is, and whether our own tables are there.
SELECT current_setting('server_version_num')::int AS server,
       (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS pgvector,
       (SELECT default_version FROM pg_available_extensions WHERE name = 'vector') AS offered,
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'facereview' AND c.relkind = 'r') AS installed

-- name: own_tables
-- Whether facereview's own tables exist, and the one with their version; their owner, or where the
-- user owns them that of the shared tables; whether the user owns all of them.
SELECT bool_or(own) IS TRUE AS installed, bool_or(own AND name = 'meta') IS TRUE AS told,
       coalesce(max(owner) FILTER (WHERE own AND NOT mine), max(owner) FILTER (WHERE NOT mine),
                max(owner)) AS owner,
       bool_and(mine) AS mine
FROM (SELECT n.nspname = 'facereview' AS own, c.relname::text AS name,
             pg_get_userbyid(c.relowner)::text AS owner, pg_has_role(c.relowner, 'USAGE') AS mine
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND (n.nspname = 'facereview' OR (n.nspname = 'public' AND c.relname
          IN ('creators', 'videos', 'creator_face_embeddings', 'video_face_detections',
              'video_creators')))) AS tables

-- name: record_step
INSERT INTO facereview.schema_step (number, name) VALUES (%(number)s, %(name)s)
ON CONFLICT (number) DO UPDATE SET name = excluded.name, ran_at = excluded.ran_at

-- name: table_columns
-- The columns of the shared tables as they stand in this database.
SELECT table_name::text, column_name::text, udt_name::text
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = ANY(%(tables)s::text[])

-- name: index_state
-- The contract's indexes: present, valid, size in bytes.
SELECT c.relname::text AS name, i.indisvalid AS valid, pg_relation_size(c.oid) AS bytes
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relname = ANY(%(names)s::text[])
ORDER BY c.relname

-- name: types
-- What PostgreSQL calls each of these types, and its kind.
SELECT given, to_regtype(given)::text AS named,
       (SELECT typcategory::text FROM pg_type WHERE oid = to_regtype(given)) AS category
FROM unnest(%(types)s::text[]) AS given

-- name: catalog_columns
-- The columns of these tables; whether a value is required, and whether there is a default.
SELECT n.nspname || '.' || c.relname AS place, a.attname::text AS name,
       format_type(a.atttypid, a.atttypmod) AS type, t.typcategory::text AS category,
       a.attnotnull AS required, a.atthasdef OR a.attidentity <> '' AS given
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'p') AND n.nspname || '.' || c.relname = ANY(%(tables)s::text[])

-- name: catalog_keys
-- The columns of these tables that name a row.
SELECT n.nspname || '.' || c.relname AS place, array_agg(a.attname::text) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
WHERE n.nspname || '.' || c.relname = ANY(%(tables)s::text[])
  AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
GROUP BY i.indexrelid, n.nspname, c.relname

-- name: catalog_references
-- The columns of these tables that name a row of another.
SELECT n.nspname || '.' || c.relname AS place, array_agg(a.attname::text) AS columns,
       tn.nspname || '.' || t.relname AS target
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(k.conkey)
WHERE k.contype = 'f' AND n.nspname || '.' || c.relname = ANY(%(tables)s::text[])
GROUP BY k.oid, n.nspname, c.relname, tn.nspname, t.relname

-- name: catalog_checks
-- The conditions on the columns of these tables.
SELECT n.nspname || '.' || c.relname AS place, quote_ident(k.conname) AS name,
       pg_get_constraintdef(k.oid) AS condition, array_agg(a.attname::text) AS columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(k.conkey)
WHERE k.contype = 'c' AND n.nspname || '.' || c.relname = ANY(%(tables)s::text[])
GROUP BY k.oid, n.nspname, c.relname

-- name: catalog_indexes
-- The indexes of these tables.
SELECT n.nspname || '.' || x.relname
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class x ON x.oid = i.indexrelid
WHERE n.nspname || '.' || c.relname = ANY(%(tables)s::text[])

-- name: catalog_functions
SELECT n.nspname || '.' || p.proname AS name, p.prosrc AS body
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'facereview'

-- name: me
SELECT current_user

-- name: hurry
-- Wait for locks for a few seconds only, until the transaction ends.
SELECT set_config('lock_timeout', '5s', true)

-- name: is_role
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %(role)s)

-- name: lacking_rights
-- The rights that a role needs and lacks, each as a GRANT names it. folders: where another program lists
-- the folders of its videos, a new video needs a row there.
WITH folders AS (
    SELECT k.confrelid AS oid FROM pg_constraint k
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
    WHERE %(adds_videos)s AND k.contype = 'f' AND k.conrelid = to_regclass('public.videos')
      AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
), wanted AS (
    SELECT c.oid, w.needed
    FROM unnest(%(tables)s::text[], %(rights)s::text[]) AS w (named, needed)
    JOIN pg_namespace n ON n.nspname = split_part(w.named, '.', 1)
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = split_part(w.named, '.', 2)
    UNION
    SELECT f.oid, w.needed FROM folders f, unnest(ARRAY['SELECT', 'INSERT']) AS w (needed)
)
SELECT quote_ident(%(role)s) AS role, needed, target FROM (
    SELECT 0 AS rank, 'CONNECT' AS needed, 'DATABASE ' || quote_ident(datname) AS target
    FROM pg_database
    WHERE datname = current_database() AND NOT has_database_privilege(%(role)s, oid, 'CONNECT')
    UNION ALL
    SELECT 1, 'USAGE', 'SCHEMA ' || quote_ident(n.nspname)
    FROM pg_namespace n
    WHERE (n.nspname IN ('public', 'facereview')
           OR n.oid = (SELECT extnamespace FROM pg_extension WHERE extname = 'vector'))
      AND NOT has_schema_privilege(%(role)s, n.oid, 'USAGE')
    UNION ALL
    SELECT 2, w.needed, quote_ident(n.nspname) || '.' || quote_ident(c.relname)
    FROM wanted w JOIN pg_class c ON c.oid = w.oid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT has_table_privilege(%(role)s, c.oid, w.needed)
    UNION ALL
    SELECT DISTINCT 3, 'USAGE',
           'SEQUENCE ' || quote_ident(sn.nspname) || '.' || quote_ident(s.relname)
    FROM wanted w
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = w.oid
        AND d.classid = 'pg_class'::regclass AND d.deptype = 'a'
    JOIN pg_class s ON s.oid = d.objid
    JOIN pg_namespace sn ON sn.oid = s.relnamespace
    WHERE w.needed = 'INSERT'
      AND CASE WHEN s.relkind = 'S'
               THEN NOT has_sequence_privilege(%(role)s, s.oid, 'USAGE') END
    UNION ALL
    SELECT 4, 'EXECUTE', 'FUNCTION ' || p.oid::regprocedure
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname || '.' || p.proname = ANY(%(functions)s::text[])
      AND NOT has_function_privilege(%(role)s, p.oid, 'EXECUTE')
) AS lacking ORDER BY rank, target, needed

-- name: occupied
-- A table that is not empty: facereview's by its rows, another program's by its size on disk.
SELECT t.name FROM (
    SELECT 'creators' AS name WHERE EXISTS (SELECT FROM creators)
    UNION ALL SELECT 'videos' WHERE EXISTS (SELECT FROM videos)
    UNION ALL SELECT 'creator_face_embeddings' WHERE EXISTS (SELECT FROM creator_face_embeddings)
    UNION ALL SELECT 'video_face_detections' WHERE EXISTS (SELECT FROM video_face_detections)
    UNION ALL
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND pg_relation_size(c.oid) > 0
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'facereview')
      AND NOT (n.nspname = 'public' AND c.relname IN (
          'creators', 'videos', 'creator_face_embeddings', 'video_face_detections',
          'face_recognition_config', 'video_creators'))
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                        AND d.deptype = 'e')) t
LIMIT 1

-- name: export_snapshot
-- Under this name another connection sees what this transaction sees.
SELECT pg_export_snapshot()

-- name: dumped_tables
-- The tables whose rows a dump holds: not those of extensions and of the system.
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%%'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname

-- name: move_pictures
-- Lets paths of pictures that facereview keeps lead to where they lie now; separators are those of
-- the folders' ends.
WITH profiles AS (
    UPDATE creators SET profile_picture_path = %(here)s || replace(
        substr(profile_picture_path, length(%(there)s) + 1), %(other)s, right(%(here)s, 1))
    WHERE starts_with(profile_picture_path, %(there)s)
), live AS (
    UPDATE creator_face_embeddings SET source_path = %(here)s || replace(
        substr(source_path, length(%(there)s) + 1), %(other)s, right(%(here)s, 1))
    WHERE starts_with(source_path, %(there)s)
), retired AS (
    UPDATE facereview.retired SET source_path = %(here)s || replace(
        substr(source_path, length(%(there)s) + 1), %(other)s, right(%(here)s, 1))
    WHERE starts_with(source_path, %(there)s)
)
UPDATE facereview.withdrawn SET source_path = %(here)s || replace(
    substr(source_path, length(%(there)s) + 1), %(other)s, right(%(here)s, 1))
WHERE starts_with(source_path, %(there)s)

-- name: last_face
-- The highest id of a face, also of those set aside.
SELECT greatest((SELECT max(id) FROM video_face_detections),
                (SELECT max(detection_id) FROM facereview.aside), 0)

-- name: install_lock
-- One installer at a time; the others wait and then find it done.
SELECT pg_advisory_xact_lock(7221106)

-- name: meta
SELECT value FROM facereview.meta WHERE key = %(key)s

-- name: set_meta
INSERT INTO facereview.meta (key, value) VALUES (%(key)s, %(value)s::jsonb)
ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: add_meta
-- Set once: the first value stays.
INSERT INTO facereview.meta (key, value) VALUES (%(key)s, %(value)s::jsonb)
ON CONFLICT (key) DO NOTHING

-- name: config
SELECT key, value, updated_at FROM face_recognition_config

-- name: read_setting
-- Settings as they are kept, also those without a row; seen: nobody has set its row since it was
-- first seen.
SELECT jsonb_build_object(
    'key', k.key, 'value', CASE WHEN k.key IN ('automatic', 'certainty')
                                THEN nullif(m.value, 'null') ELSE to_jsonb(c.value) END,
    'seen', c.updated_at IS NOT DISTINCT FROM nullif(s.value -> k.key ->> 1, 'None')::timestamp)
    AS state
FROM unnest(%(ids)s::text[]) AS k(key)
LEFT JOIN face_recognition_config c ON c.key = k.key
LEFT JOIN facereview.meta m ON m.key = k.key
LEFT JOIN facereview.meta s ON s.key = 'config_seen'

-- name: set_config
INSERT INTO face_recognition_config (key, value, updated_at)
VALUES (%(key)s, %(value)s, CURRENT_TIMESTAMP)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at

-- name: calibration
-- The calibration in force for a pack: the library's own, else the one that came with the pack; the
-- latest. Who began before the library had its own may keep the other one afterwards.
SELECT id, origin, model FROM facereview.calibration
WHERE pack = %(pack)s ORDER BY origin = 'library' DESC, id DESC LIMIT 1

-- name: add_calibration
-- One that came with a pack is kept once.
WITH known AS (
    SELECT max(id) AS id FROM facereview.calibration
    WHERE origin = 'shipped' AND (pack, origin, model) = (%(pack)s, %(origin)s, %(model)s::jsonb)
), made AS (
    INSERT INTO facereview.calibration (pack, origin, units, people, model)
    SELECT %(pack)s, %(origin)s, %(units)s, %(people)s, %(model)s::jsonb
    FROM known WHERE id IS NULL
    RETURNING id)
SELECT coalesce(made.id, known.id) FROM known LEFT JOIN made ON true

-- name: creator_count
SELECT count(*)::int FROM creators

-- name: withdraw_calibrations
-- What was settled by them keeps its risk.
DELETE FROM facereview.calibration WHERE pack = %(pack)s AND origin = 'library'

-- name: decided_videos
-- Videos with faces of which people said something, in an order that is no order of anything.
SELECT d.video_id AS id
FROM video_face_detections d
WHERE d.match_status IN ('manual', 'rejected')
   OR (d.match_status = 'matched'
       AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id))
   OR EXISTS (SELECT FROM facereview.verdict v WHERE v.detection_id = d.id)
GROUP BY d.video_id
ORDER BY md5(d.video_id::text)
LIMIT %(most)s

-- name: videos_with_settled
-- Videos with faces that the machine settled at an error rate and nobody has checked.
SELECT DISTINCT d.video_id AS id
FROM facereview.settled s
JOIN facereview.automatic a ON a.detection_id = s.detection_id
JOIN video_face_detections d ON d.id = s.detection_id
ORDER BY 1

-- name: faces_looked_at
-- The faces of videos that people named or rejected, and whether each was decided alone, not with
-- others by one key. Of one that a sample stood for nobody knows, nor of another program's match.
SELECT d.id, coalesce(said.alone, true) AS alone
FROM video_face_detections d
LEFT JOIN LATERAL (
    SELECT bool_or(NOT EXISTS (SELECT FROM facereview.decision o
                               WHERE o.batch_id = b.id AND o.detection_id <> d.id)) AS alone
    FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
    WHERE s.detection_id = d.id AND s.after_status IN ('matched', 'manual', 'rejected')
      AND b.kind NOT IN ('automatic', 'not_person', 'undo', 'redo')
      AND (b.undone_by IS NULL OR facereview.stands(b.id))) said ON true
WHERE d.video_id = ANY(%(videos)s::int[])
  AND d.match_status IN ('matched', 'manual', 'rejected')
  AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id)
  AND (d.match_status <> 'matched' OR said.alone IS NOT NULL)
  AND NOT facereview.by_sample(d.id)

-- name: faces_decided_since
-- Faces that acts of people behind one of them changed.
SELECT count(DISTINCT s.detection_id)
FROM facereview.batch b JOIN facereview.decision s ON s.batch_id = b.id
WHERE b.id > %(batch)s AND b.kind <> 'automatic'

-- name: counts
SELECT (SELECT count(*) FROM creators) AS creators,
       (SELECT count(*) FROM videos) AS videos,
       (SELECT count(*) FROM creator_face_embeddings) AS "references",
       count(*) FILTER (WHERE match_status = 'pending' OR match_status IS NULL) AS pending,
       count(*) FILTER (WHERE match_status = 'matched') AS matched,
       count(*) FILTER (WHERE match_status = 'rejected') AS rejected,
       count(*) FILTER (WHERE match_status = 'manual') AS manual
FROM video_face_detections

-- name: any_embedding
-- One stored embedding, if there is any.
(SELECT embedding FROM video_face_detections LIMIT 1)
UNION ALL
(SELECT embedding FROM creator_face_embeddings LIMIT 1)
LIMIT 1

-- ---------------------------------------------------------------------- creators and references

-- name: creator_names
SELECT id, name, description, profile_picture_path FROM creators ORDER BY lower(name), id

-- name: creator
SELECT id, name, description, profile_picture_path FROM creators WHERE id = %(creator)s

-- name: creator_named
SELECT id, name, description, profile_picture_path FROM creators WHERE name = %(name)s

-- name: creators_spelt
-- Creators whose name is this one once it is composed (NFC) and its spaces are single ones; other
-- programs may have stored it otherwise. The oldest first.
SELECT id, name, description, profile_picture_path FROM creators
WHERE %(name)s = btrim(regexp_replace(
    CASE WHEN getdatabaseencoding() = 'UTF8' THEN normalize(name, NFC) ELSE name END,
    '[\s\x1c-\x1f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g'))
ORDER BY id

-- name: names_stamp
-- Differs once a creator or an alias was added, removed or renamed, by whatever program.
SELECT concat_ws(' ', (SELECT count(*) FROM creators),
                 (SELECT sum(hashtextextended(name, id)) FROM creators),
                 (SELECT count(*) FROM facereview.alias),
                 (SELECT sum(hashtextextended(name, creator_id)) FROM facereview.alias))

-- name: names_used
-- Creators that a curator named faces as, the last named first; what was undone does not count.
SELECT creator_id FROM (
    SELECT id, creator_id, undone_by FROM facereview.batch
    WHERE actor = %(actor)s AND kind IN ('accept', 'assign') AND creator_id IS NOT NULL
    ORDER BY id DESC LIMIT 400) b
WHERE undone_by IS NULL OR facereview.stands(id)
GROUP BY creator_id ORDER BY max(id) DESC LIMIT %(count)s

-- name: add_creator
INSERT INTO creators (name) VALUES (%(name)s)
ON CONFLICT (name) DO NOTHING
RETURNING id, name, description, profile_picture_path

-- name: add_reference
INSERT INTO creator_face_embeddings (creator_id, embedding, source_type, source_path, quality_score)
VALUES (%(creator)s, %(embedding)s, %(source_type)s, %(source_path)s,
        nullif(%(quality)s::real, 'NaN'))
RETURNING id

-- name: references_of
SELECT id, creator_id, source_type, source_path, nullif(quality_score, 'NaN') AS quality
FROM creator_face_embeddings WHERE creator_id = %(creator)s ORDER BY id

-- name: reference_from
-- Whether this creator already has a reference from this source.
SELECT id FROM creator_face_embeddings
WHERE creator_id = %(creator)s AND source_path = %(source_path)s LIMIT 1

-- name: reference_vectors
-- All references for matching many faces at once, each creator's together; those of zeros have
-- no similarity.
SELECT id, creator_id, embedding FROM creator_face_embeddings
WHERE vector_norm(embedding) > 0 ORDER BY creator_id, id

-- name: reference_revision
-- Differs after every reference that was added, removed, or given to another creator.
SELECT count(*) AS n, coalesce(max(id), 0) AS highest,
       coalesce(sum(id::bigint * creator_id), 0)::text AS whose
FROM creator_face_embeddings

-- name: reference_count
SELECT count(*) FROM creator_face_embeddings

-- name: reference_estimate
-- About how many references there are, as of the last ANALYZE; counting them would be slow.
SELECT greatest(reltuples, 0)::bigint FROM pg_class
WHERE oid = 'creator_face_embeddings'::regclass

-- ------------------------------------------------------------------------------------- videos

-- name: add_video
-- A video by its path and what its library needs beside it; one that is known stays as it is.
SELECT facereview.video_of(%(path)s, %(title)s)

-- name: set_video_facts
-- What its file says of a video. Columns other programs added keep their values.
UPDATE videos
SET title = coalesce(title, %(title)s), duration_seconds = %(duration)s, width = %(width)s,
    height = %(height)s, codec = %(codec)s, file_size_bytes = %(size_bytes)s,
    is_available = TRUE, updated_at = CURRENT_TIMESTAMP
WHERE id = %(video)s

-- name: unscanned_paths
-- The videos that were never scanned, or could not be read then.
SELECT v.file_path AS path FROM videos v LEFT JOIN facereview.scan s ON s.video_id = v.id
WHERE s.video_id IS NULL OR s.fault IS NOT NULL
ORDER BY v.file_path

-- name: move_video
-- Another path for a video; a title that was made of the old one follows.
UPDATE videos SET file_path = %(path)s, updated_at = CURRENT_TIMESTAMP,
    title = CASE WHEN title = %(old_title)s THEN %(title)s ELSE title END
WHERE id = %(video)s

-- name: video_known
-- What is known of a path before the file is opened. What an earlier version scanned has no
-- fingerprint: of its content the size is known, and perhaps, in file_hash, XXH3-128 of all of it.
-- file_modified is 0 where a file was never read.
SELECT v.id, v.file_path AS path, v.title, s.file_modified, f.file_changed, s.frames_per_video,
       s.min_face_size, s.frames, s.fault, f.whole, coalesce(f.content, CASE
           WHEN s.file_modified <> 0 THEN v.file_size_bytes || '-' END)
           AS content,
       CASE WHEN f.video_id IS NULL AND v.file_hash ~ '^[0-9a-f]{32}$' THEN v.file_hash END
           AS older_hash
FROM videos v LEFT JOIN facereview.scan s ON s.video_id = v.id
LEFT JOIN facereview.fingerprint f ON f.video_id = v.id
WHERE v.file_path = %(path)s

-- name: set_available
UPDATE videos SET is_available = %(available)s, updated_at = CURRENT_TIMESTAMP
WHERE id = %(video)s AND is_available IS DISTINCT FROM %(available)s

-- name: video
SELECT id, file_path AS path, title, duration_seconds AS duration, width, height, codec,
       file_size_bytes AS size_bytes, coalesce(f.content, CASE
           WHEN s.file_modified <> 0 THEN v.file_size_bytes || '-' END)
           AS content, coalesce(is_available, TRUE) AS available
FROM videos v LEFT JOIN facereview.scan s ON s.video_id = v.id
LEFT JOIN facereview.fingerprint f ON f.video_id = v.id
WHERE id = ANY(%(videos)s::int[])

-- name: video_summaries
-- Videos with their faces counted, in the order of their ids in the list.
SELECT v.id, v.file_path AS path, v.title, v.duration_seconds AS duration, v.width, v.height,
       v.codec, v.file_size_bytes AS size_bytes, coalesce(k.content, CASE
           WHEN s.file_modified <> 0 THEN v.file_size_bytes || '-' END)
           AS content, coalesce(v.is_available, TRUE) AS available, f.pending, f.decided, f.rejected,
       s.scanned_at, s.fault, f.cover, f.unchecked,
       ARRAY(SELECT o.file_path FROM facereview.fingerprint t JOIN videos o ON o.id = t.video_id
             WHERE t.content = k.content AND t.whole = k.whole AND t.video_id <> k.video_id
             ORDER BY o.file_path) AS copies
FROM unnest(%(videos)s::int[]) WITH ORDINALITY h(id, place) JOIN videos v ON v.id = h.id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE match_status = 'pending' OR match_status IS NULL) AS pending,
           count(*) FILTER (WHERE match_status = 'manual' OR match_status = 'matched'
                            AND a.detection_id IS NULL) AS decided,
           count(*) FILTER (WHERE match_status = 'matched'
                            AND a.detection_id IS NOT NULL) AS unchecked,
           count(*) FILTER (WHERE match_status = 'rejected') AS rejected,
           (array_agg(d.id ORDER BY nullif(d.quality_score, 'NaN') DESC NULLS LAST,
                                    d.id))[1] AS cover
    FROM video_face_detections d
    LEFT JOIN facereview.automatic a ON a.detection_id = d.id
    WHERE d.video_id = v.id) f
LEFT JOIN facereview.fingerprint k ON k.video_id = v.id
LEFT JOIN facereview.scan s ON s.video_id = v.id
ORDER BY h.place

-- name: videos_tally
-- How many videos each of the page's filters shows.
SELECT (SELECT count(*) FROM videos) AS everything,
       (SELECT count(DISTINCT video_id) FROM video_face_detections
        WHERE match_status = 'pending' OR match_status IS NULL) AS pending,
       count(*) FILTER (WHERE fault IS NOT NULL) AS fault,
       (SELECT count(*) FROM videos) - count(*) AS unscanned
FROM facereview.scan

-- name: set_scan
INSERT INTO facereview.scan (video_id, file_modified, frames_per_video, min_face_size,
                             frames, faces, fault)
VALUES (%(video)s, %(file_modified)s, %(frames_per_video)s, %(min_face_size)s,
        %(frames)s, %(faces)s, %(fault)s)
ON CONFLICT (video_id) DO UPDATE
SET file_modified = excluded.file_modified, frames_per_video = excluded.frames_per_video,
    min_face_size = excluded.min_face_size, frames = excluded.frames, faces = excluded.faces,
    fault = excluded.fault, scanned_at = now()

-- name: lock_video
-- One scan of a video at a time.
SELECT id FROM videos WHERE id = %(video)s FOR UPDATE

-- name: remove_undecided
-- Pending faces without a verdict; those with one stay.
DELETE FROM video_face_detections d
WHERE video_id = %(video)s AND (match_status = 'pending' OR match_status IS NULL)
  AND NOT EXISTS (SELECT FROM facereview.verdict v WHERE v.detection_id = d.id)
RETURNING id

-- name: kept_faces
SELECT id, frame_timestamp AS timestamp, bbox_x AS x, bbox_y AS y,
       bbox_width AS width, bbox_height AS height
FROM video_face_detections WHERE video_id = %(video)s

-- name: uncertain_tracks
-- Tracks of which no face is decided or matched, in videos that were read whole and of which fewer
-- further frames were looked at than frames at first. Of one without a risk a face must suggest
-- somebody.
SELECT t.video_id, array_agg(d.id) AS faces, array_agg(d.frame_timestamp::float8) AS times,
       min(s.frames_per_video - coalesce(l.frames, 0)) AS left,
       min(s.min_face_size) AS min_face_size
FROM facereview.track t
JOIN facereview.track_face f ON f.track_id = t.id
JOIN video_face_detections d ON d.id = f.detection_id
JOIN facereview.scan s ON s.video_id = t.video_id
LEFT JOIN facereview.further_look l ON l.video_id = t.video_id
WHERE (t.risk IS NULL OR t.risk <= %(risk)s)
  AND (t.pictures < %(pictures)s OR t.quality < %(quality)s)
  AND s.fault IS NULL AND s.frames_per_video > coalesce(l.frames, 0)
GROUP BY t.id
HAVING bool_and(coalesce(d.match_status, 'pending') = 'pending')
   AND (t.risk IS NOT NULL OR count(d.matched_creator_id) > 0)
ORDER BY t.risk, max(d.match_confidence) DESC NULLS LAST, t.id

-- name: scan_pace
-- Seconds for a frame: the median of the last videos that were scanned one right after the other.
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY r.seconds / r.frames) AS pace
FROM (SELECT frames, extract(epoch FROM scanned_at - lag(scanned_at) OVER (ORDER BY scanned_at))
          AS seconds
      FROM (SELECT frames, scanned_at FROM facereview.scan
            ORDER BY scanned_at DESC LIMIT 100) s) r
WHERE r.seconds IS NOT NULL AND r.frames > 0

-- name: add_further_look
INSERT INTO facereview.further_look (video_id, frames) VALUES (%(video)s, %(frames)s)
ON CONFLICT (video_id) DO UPDATE
SET frames = further_look.frames + excluded.frames, looked_at = now()

-- name: forget_further_look
DELETE FROM facereview.further_look WHERE video_id = %(video)s

-- name: add_faces
INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, bbox_y,
                                   bbox_width, bbox_height, quality_score)
SELECT %(video)s, w.at, w.embedding, w.x, w.y, w.width, w.height, nullif(w.quality, 'NaN')
FROM unnest(%(times)s::real[], %(embeddings)s::vector[], %(x)s::real[], %(y)s::real[],
            %(widths)s::real[], %(heights)s::real[], %(qualities)s::real[])
    WITH ORDINALITY AS w(at, embedding, x, y, width, height, quality, place)
ORDER BY w.place
RETURNING id

-- --------------------------------------------------------------------------- removing videos

-- name: rows_with_videos
-- For each table that foreign keys tie to these videos, also through other tables and in other
-- programs: statements that count the rows that go with them, lose the link, or forbid it. A table
-- that this user may not read has none. Rows that go with rows of their own table are followed to
-- the last, and are those that these do not name already.
WITH RECURSIVE tied AS (
    SELECT 'public.videos'::regclass AS place, 'c'::"char" AS action, ARRAY[]::oid[] AS keys,
           TRUE AS readable, format('id = ANY(%%L::int[])', %(videos)s::int[]::text) COLLATE "C" AS rows
    UNION ALL
    SELECT k.conrelid::regclass, k.confdeltype, t.keys || k.oid,
           t.readable AND has_table_privilege(k.conrelid, 'SELECT'),
           CASE WHEN k.conrelid = k.confrelid AND k.confdeltype = 'c' THEN format(
               '(tableoid, ctid) IN (WITH RECURSIVE gone AS ('
               'SELECT tableoid AS of, ctid AS at FROM %%1$s WHERE %%2$s UNION '
               'SELECT p.tableoid, p.ctid FROM gone g JOIN %%1$s o ON (o.tableoid, o.ctid) = (g.of, g.at) '
               'JOIN %%1$s p ON %%3$s) SELECT of, at FROM gone) AND NOT coalesce(%%2$s, FALSE)',
               t.place, '(' || t.rows || ')',
               (SELECT string_agg(format('(%%s) = (%%s)', l.own, l.other), ' OR ')
                FROM pg_constraint s CROSS JOIN LATERAL (
                    SELECT string_agg('p.' || quote_ident(a.attname), ', ' ORDER BY c.place) AS own,
                           string_agg('o.' || quote_ident(b.attname), ', ' ORDER BY c.place) AS other
                    FROM unnest(s.conkey, s.confkey) WITH ORDINALITY c(own, other, place)
                    JOIN pg_attribute a ON a.attrelid = s.conrelid AND a.attnum = c.own
                    JOIN pg_attribute b ON b.attrelid = s.confrelid AND b.attnum = c.other) l
                WHERE s.conrelid = t.place AND s.confrelid = t.place AND s.contype = 'f'
                  AND s.conparentid = 0 AND s.confdeltype = 'c'))
           ELSE format('(%%s) IN (SELECT %%s FROM %%s WHERE %%s)',
                  (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY c.place)
                   FROM unnest(k.conkey) WITH ORDINALITY c(number, place)
                   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number),
                  (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY c.place)
                   FROM unnest(k.confkey) WITH ORDINALITY c(number, place)
                   JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.number),
                  k.confrelid::regclass, t.rows) END
    FROM tied t JOIN pg_constraint k
        ON k.confrelid = t.place AND k.contype = 'f' AND k.conparentid = 0
    WHERE t.action = 'c' AND NOT k.oid = ANY(t.keys)),
gathered AS (
    SELECT place, bool_and(readable) AS readable,
           string_agg(format('(%%s)', rows), ' OR ') FILTER (WHERE action = 'c') AS go,
           string_agg(format('(%%s)', rows), ' OR ') FILTER (WHERE action IN ('n', 'd')) AS lose,
           string_agg(format('(%%s)', rows), ' OR ') FILTER (WHERE action IN ('a', 'r')) AS forbid
    FROM tied WHERE cardinality(keys) > 0 GROUP BY place)
SELECT format('%%s.%%s', n.nspname, c.relname) AS place,
       n.nspname = 'facereview' OR c.oid = 'public.video_face_detections'::regclass AS own,
       e.effect, CASE WHEN g.readable THEN format(
           'SELECT count(*) FROM %%s WHERE (%%s) AND NOT coalesce(%%s, FALSE)',
           g.place, e.rows, e.otherwise) END AS statement
FROM gathered g JOIN pg_class c ON c.oid = g.place JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (VALUES
    ('go', g.go, 'FALSE'),
    ('lose', g.lose, coalesce('(' || g.go || ')', 'FALSE')),
    ('forbid', g.forbid, coalesce('(' || g.go || ')', 'FALSE'))) e(effect, rows, otherwise)
WHERE e.rows IS NOT NULL
ORDER BY 1, e.effect

-- name: lock_videos
SELECT id FROM videos WHERE id = ANY(%(videos)s::int[]) ORDER BY id FOR UPDATE

-- name: face_ids_of_videos
SELECT id FROM video_face_detections WHERE video_id = ANY(%(videos)s::int[]) ORDER BY id

-- name: decided_in_videos
-- How many faces these videos have, how many of them a curator decided, and whose they are.
SELECT count(*) AS faces,
       count(*) FILTER (WHERE d.match_status IN ('manual', 'matched', 'rejected')
                        AND a.detection_id IS NULL) AS decided,
       coalesce(array_agg(DISTINCT c.name) FILTER (WHERE c.name IS NOT NULL
                AND d.match_status IN ('manual', 'matched')), '{}') AS names
FROM video_face_detections d LEFT JOIN facereview.automatic a ON a.detection_id = d.id
LEFT JOIN creators c ON c.id = d.matched_creator_id
WHERE d.video_id = ANY(%(videos)s::int[])

-- name: remove_videos
DELETE FROM videos WHERE id = ANY(%(videos)s::int[])

-- --------------------------------------------------- files that moved, and files that were replaced

-- name: lock_paths
-- One at a time says which file is which video.
SELECT pg_advisory_xact_lock(7221111)

-- name: copies
-- The paths of each content that several videos have, byte for byte.
SELECT array_agg(v.file_path ORDER BY v.file_path) AS paths
FROM facereview.fingerprint f JOIN videos v ON v.id = f.video_id
WHERE f.whole IS NOT NULL
GROUP BY f.content, f.whole HAVING count(*) > 1 ORDER BY 1

-- name: files_of_videos
-- The next videos with what tells their file: by its content where it was scanned, an earlier
-- version's by size and hash; of others the size alone.
SELECT v.id, v.file_path AS path,
       coalesce(split_part(f.content, '-', 1)::bigint, v.file_size_bytes) AS size,
       coalesce(f.content, CASE WHEN s.file_modified <> 0 AND v.file_hash ~ '^[0-9a-f]{32}$'
                                THEN v.file_size_bytes || '-' END) AS content,
       CASE WHEN f.video_id IS NOT NULL THEN f.whole
            WHEN s.file_modified <> 0 AND v.file_hash ~ '^[0-9a-f]{32}$' THEN v.file_hash END AS whole
FROM videos v LEFT JOIN facereview.fingerprint f ON f.video_id = v.id
LEFT JOIN facereview.scan s ON s.video_id = v.id
WHERE v.id > %(after)s ORDER BY v.id LIMIT %(limit)s

-- name: set_fingerprint
INSERT INTO facereview.fingerprint (video_id, content, file_changed, times, greys)
VALUES (%(video)s, %(content)s, %(file_changed)s, coalesce(%(times)s::jsonb, '[]'),
        coalesce(%(greys)s::bytea, ''))
ON CONFLICT (video_id) DO UPDATE
SET content = excluded.content, file_changed = excluded.file_changed,
    times = coalesce(%(times)s::jsonb, fingerprint.times),
    greys = coalesce(%(greys)s::bytea, fingerprint.greys),
    whole = CASE WHEN fingerprint.content = excluded.content THEN fingerprint.whole END

-- name: set_file_times
-- The file is the same, with other times.
UPDATE facereview.scan SET file_modified = %(file_modified)s WHERE video_id = %(video)s

-- name: set_whole
UPDATE facereview.fingerprint SET whole = %(whole)s WHERE video_id = %(video)s

-- name: film_pictures
SELECT times, greys FROM facereview.fingerprint WHERE video_id = %(video)s

-- name: set_film_pictures
UPDATE facereview.fingerprint SET times = %(times)s::jsonb, greys = %(greys)s
WHERE video_id = %(video)s

-- name: videos_of_content
-- The videos that may be this file: by fingerprint, or of those without by size and hash.
SELECT v.id, v.file_path AS path, v.title, s.file_modified, f.file_changed, s.frames_per_video,
       s.min_face_size, s.frames, s.fault, f.whole, f.content, NULL AS older_hash
FROM facereview.fingerprint f JOIN videos v ON v.id = f.video_id
LEFT JOIN facereview.scan s ON s.video_id = v.id
WHERE f.content = %(content)s
UNION ALL
SELECT v.id, v.file_path, v.title, s.file_modified, NULL, s.frames_per_video, s.min_face_size,
       s.frames, s.fault, NULL, v.file_size_bytes || '-', v.file_hash
FROM videos v JOIN facereview.scan s ON s.video_id = v.id
WHERE v.file_size_bytes = split_part(%(content)s, '-', 1)::bigint
  AND v.file_hash ~ '^[0-9a-f]{32}$'
  AND NOT EXISTS (SELECT FROM facereview.fingerprint f WHERE f.video_id = v.id)
ORDER BY id

-- name: forget_film
-- What was found in the file that a video had before.
WITH scanned AS (DELETE FROM facereview.scan WHERE video_id = %(video)s)
DELETE FROM facereview.fingerprint WHERE video_id = %(video)s

-- name: add_replaced
-- A film of a video that is no longer at this path; the video that is there now is noted.
INSERT INTO facereview.replaced (video_id, path, title, content, whole)
SELECT (SELECT n.id FROM videos n WHERE n.file_path = %(path)s), %(path)s, %(title)s,
       f.content, f.whole
FROM videos v LEFT JOIN facereview.fingerprint f ON f.video_id = v.id WHERE v.id = %(video)s
RETURNING id

-- name: set_aside
-- Keep the decided faces of a video, and those with a verdict, with what depends on them; they are
-- removed from its table next.
INSERT INTO facereview.aside (detection_id, replaced_id, creator_id, denied, batch_id, face)
SELECT d.id, %(replaced)s, d.matched_creator_id,
       coalesce((SELECT jsonb_agg(v.creator_id ORDER BY v.creator_id)
                 FROM facereview.verdict v WHERE v.detection_id = d.id), '[]'),
       a.batch_id, to_jsonb(d) - 'id' - 'video_id' - 'matched_creator_id'
FROM video_face_detections d LEFT JOIN facereview.automatic a ON a.detection_id = d.id
WHERE d.id = ANY(%(faces)s::int[])

-- name: lock_faces_of_video
-- All of them: one that is decided meanwhile would otherwise be missed by the next query.
SELECT id FROM video_face_detections WHERE video_id = %(video)s ORDER BY id FOR UPDATE

-- name: decided_of_video
-- The faces of a video that are decided or have a verdict.
SELECT d.id, d.matched_creator_id AS creator_id, coalesce(d.match_status, 'pending') AS status
FROM video_face_detections d
WHERE d.video_id = %(video)s
  AND (d.match_status <> 'pending' OR EXISTS (
      SELECT FROM facereview.verdict v WHERE v.detection_id = d.id))
ORDER BY d.id

-- name: film_faces
-- The faces of a video, with whether they are decided or have a verdict.
SELECT d.id, d.frame_timestamp::float8 AS timestamp, d.bbox_x AS x, d.bbox_y AS y,
       d.bbox_width AS width, d.bbox_height AS height, d.embedding,
       coalesce(d.match_status, 'pending') <> 'pending' OR EXISTS (
           SELECT FROM facereview.verdict v WHERE v.detection_id = d.id) AS decided
FROM video_face_detections d WHERE d.video_id = %(video)s ORDER BY d.frame_timestamp, d.id

-- name: carry_faces
-- Where faces are in the file that a video has now.
UPDATE video_face_detections d
SET frame_timestamp = n.timestamp, bbox_x = n.x, bbox_y = n.y, bbox_width = n.width,
    bbox_height = n.height
FROM unnest(%(faces)s::int[], %(timestamps)s::real[], %(xs)s::real[], %(ys)s::real[],
            %(widths)s::real[], %(heights)s::real[]) AS n(id, timestamp, x, y, width, height)
WHERE d.id = n.id AND d.video_id = %(video)s

-- name: replaced_of_content
-- Films that were replaced and whose file this may be.
SELECT id, path, whole FROM facereview.replaced r
WHERE content = %(content)s AND answer IS DISTINCT FROM 'drop'
  AND EXISTS (SELECT FROM facereview.aside a WHERE a.replaced_id = r.id)
ORDER BY id DESC FOR UPDATE

-- name: aside_of
-- The faces set aside of these films, in time order.
SELECT detection_id AS id, replaced_id, creator_id, denied, batch_id AS automatic,
       (face ->> 'frame_timestamp')::float8 AS timestamp,
       coalesce(face ->> 'match_status', 'pending') AS status
FROM facereview.aside WHERE replaced_id = ANY(%(films)s::bigint[]) ORDER BY 2, 6, 1

-- name: replaced_films
-- Films whose file was replaced and of which faces are set aside, of these videos or of all: those
-- that wait for an answer, or all but the dropped ones.
SELECT r.id, r.video_id, r.path, r.title, r.replaced_at, r.answer, count(*)::int AS faces
FROM facereview.replaced r JOIN facereview.aside a ON a.replaced_id = r.id
WHERE (%(videos)s::int[] IS NULL OR r.video_id = ANY(%(videos)s::int[]))
  AND (r.answer IS NULL OR %(answered)s AND r.answer <> 'drop')
GROUP BY r.id ORDER BY r.path, r.id

-- name: aside_vectors
SELECT detection_id AS id, (face ->> 'embedding')::vector AS embedding
FROM facereview.aside WHERE replaced_id = %(film)s ORDER BY detection_id

-- name: answer_replaced
UPDATE facereview.replaced SET answer = %(answer)s WHERE id = ANY(%(films)s::bigint[])

-- name: read_replaced
SELECT jsonb_build_object('id', r.id, 'answer', r.answer) AS state
FROM facereview.replaced r WHERE r.id = ANY(%(ids)s::bigint[]) FOR UPDATE

-- name: put_replaced
UPDATE facereview.replaced r SET answer = n ->> 'answer'
FROM jsonb_array_elements(%(rows)s::jsonb) AS e(n) WHERE r.id = (n ->> 'id')::bigint

-- name: aside_columns
-- The columns that faces set aside have, and can be written. Another program may have added some
-- since, which take their defaults, and some that PostgreSQL computes.
SELECT c.attname FROM pg_attribute c
WHERE c.attrelid = 'video_face_detections'::regclass AND c.attnum > 0 AND NOT c.attisdropped
  AND c.attgenerated = '' AND EXISTS (
      SELECT FROM facereview.aside a
      WHERE a.detection_id = ANY(%(faces)s::int[]) AND a.face ? c.attname)
ORDER BY c.attnum

-- name: drop_empty_replaced
DELETE FROM facereview.replaced r
WHERE id = %(film)s AND NOT EXISTS (SELECT FROM facereview.aside a WHERE a.replaced_id = r.id)

-- -------------------------------------------------------------------------------------- faces

-- name: pending_queue
SELECT id FROM video_face_detections
WHERE match_status = 'pending' OR match_status IS NULL
ORDER BY video_id, frame_timestamp, bbox_x, id

-- name: pending_ids
-- As four bytes each, the highest first: a million rows would be read one by one.
SELECT string_agg(int4send(id), '') FROM video_face_detections
WHERE match_status = 'pending' OR match_status IS NULL

-- name: pending_count
SELECT count(*) FROM video_face_detections WHERE match_status = 'pending' OR match_status IS NULL

-- name: pending_among
-- Those of these faces that are pending, in working order.
SELECT id FROM video_face_detections
WHERE id = ANY(%(faces)s::int[]) AND (match_status = 'pending' OR match_status IS NULL)
ORDER BY video_id, frame_timestamp, bbox_x, id

-- name: automatic_queue
-- Automatic matches not yet checked, least certain first.
SELECT d.id FROM facereview.automatic a JOIN video_face_detections d ON d.id = a.detection_id
WHERE d.match_status = 'matched' ORDER BY nullif(d.match_confidence, 'NaN') NULLS FIRST, d.id

-- name: decided_queue
-- Faces that a person named or checked; unchecked automatic matches are in the queue above.
SELECT id FROM video_face_detections d
WHERE match_status = 'manual' OR match_status = 'matched'
      AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id)
ORDER BY video_id, frame_timestamp, bbox_x, id

-- name: rejected_queue
SELECT id FROM video_face_detections
WHERE match_status = 'rejected' ORDER BY video_id, frame_timestamp, bbox_x, id

-- name: faces
-- Faces by id, without their embeddings.
SELECT d.id, d.video_id, d.frame_timestamp AS timestamp, d.bbox_x AS x, d.bbox_y AS y,
       d.bbox_width AS width, d.bbox_height AS height, nullif(d.quality_score, 'NaN') AS quality,
       coalesce(d.match_status, 'pending') AS status, d.matched_creator_id AS creator_id,
       nullif(d.match_confidence, 'NaN') AS confidence, c.name AS creator_name,
       a.detection_id IS NOT NULL AS by_machine
FROM video_face_detections d
LEFT JOIN creators c ON c.id = d.matched_creator_id
LEFT JOIN facereview.automatic a ON a.detection_id = d.id
WHERE d.id = ANY(%(faces)s::int[])

-- name: video_faces
-- All faces of a video in time order.
SELECT d.id, d.video_id, d.frame_timestamp AS timestamp, d.bbox_x AS x, d.bbox_y AS y,
       d.bbox_width AS width, d.bbox_height AS height, nullif(d.quality_score, 'NaN') AS quality,
       coalesce(d.match_status, 'pending') AS status, d.matched_creator_id AS creator_id,
       nullif(d.match_confidence, 'NaN') AS confidence, c.name AS creator_name,
       a.detection_id IS NOT NULL AS by_machine
FROM video_face_detections d
LEFT JOIN creators c ON c.id = d.matched_creator_id
LEFT JOIN facereview.automatic a ON a.detection_id = d.id
WHERE d.video_id = ANY(%(videos)s::int[])
ORDER BY d.frame_timestamp, d.bbox_x, d.id

-- name: face_vectors
SELECT id, embedding FROM video_face_detections WHERE id = ANY(%(faces)s::int[])

-- name: pending_vectors_of_video
SELECT id, frame_timestamp AS timestamp, embedding FROM video_face_detections
WHERE video_id = %(video)s AND (match_status = 'pending' OR match_status IS NULL)
ORDER BY frame_timestamp, id

-- name: face_pages
-- Every face in id order, a page at a time, for export.
SELECT d.id, v.file_path AS path, d.frame_timestamp AS timestamp, d.bbox_x AS x, d.bbox_y AS y,
       d.bbox_width AS width, d.bbox_height AS height,
       coalesce(d.match_status, 'pending') AS status, c.name AS creator,
       nullif(d.match_confidence, 'NaN') AS confidence, v.width AS frame_width,
       v.height AS frame_height, d.embedding
FROM video_face_detections d
JOIN videos v ON v.id = d.video_id
LEFT JOIN creators c ON c.id = d.matched_creator_id
WHERE d.id > %(after)s ORDER BY d.id LIMIT %(limit)s

-- ------------------------------------------------------------------------------------- search

-- name: best_match
-- The shared contract's first query: the best creator for one embedding above a threshold.
SELECT r.creator_id, c.name, 1 - (r.embedding <=> %(embedding)s) AS similarity
FROM creator_face_embeddings r JOIN creators c ON c.id = r.creator_id
WHERE 1 - nullif(r.embedding <=> %(embedding)s, 'NaN') > %(threshold)s
ORDER BY r.embedding <=> %(embedding)s
LIMIT 1

-- name: nearest_creators_exact
-- Distinct creators nearest to one embedding; every reference is compared. An embedding of zeros
-- has no direction: its distance to anything is NaN, which is greater than any number here.
SELECT r.creator_id, 1 - min(nullif(r.embedding <=> %(embedding)s, 'NaN')) AS similarity
FROM creator_face_embeddings r
GROUP BY r.creator_id
HAVING NOT r.creator_id = ANY(%(denied)s::int[])
   AND min(nullif(r.embedding <=> %(embedding)s, 'NaN')) IS NOT NULL
ORDER BY 2 DESC, 1
LIMIT %(limit)s

-- name: nearest_creators_indexed
-- The same through the HNSW graph: distinct creators among the nearest references.
SELECT n.creator_id, 1 - min(n.distance) AS similarity
FROM (SELECT r.creator_id, r.embedding <=> %(embedding)s AS distance
      FROM creator_face_embeddings r
      ORDER BY r.embedding <=> %(embedding)s
      LIMIT %(nearest)s) n
WHERE NOT n.creator_id = ANY(%(denied)s::int[]) AND n.distance <> 'NaN'
GROUP BY n.creator_id
ORDER BY 2 DESC, 1
LIMIT %(limit)s

-- name: search_width
-- The search width of HNSW scans, until the end of the transaction.
SELECT set_config('hnsw.ef_search', %(width)s::text, TRUE) AS width,
       set_config('hnsw.iterative_scan', 'strict_order', TRUE) AS iterative

-- name: nearest_references
-- The best few references of each creator for one embedding; + 0 prevents an index scan, which
-- would lose rows to the filter.
SELECT c.id AS creator_id, c.name, c.description, c.profile_picture_path,
       n.id AS reference_id, n.source_type, n.source_path, nullif(n.quality_score, 'NaN') AS quality
FROM unnest(%(creators)s::int[]) WITH ORDINALITY AS w(creator_id, place)
JOIN creators c ON c.id = w.creator_id
CROSS JOIN LATERAL (
    SELECT r.id, r.source_type, r.source_path, r.quality_score,
           (r.embedding <=> %(embedding)s) + 0 AS distance
    FROM creator_face_embeddings r WHERE r.creator_id = w.creator_id
    ORDER BY distance LIMIT %(limit)s) n
ORDER BY w.place, n.distance

-- name: similarities
-- Faces against one creator: the cosine to the creator's best reference.
SELECT d.id, 1 - min(nullif(r.embedding <=> d.embedding, 'NaN')) AS similarity
FROM video_face_detections d JOIN creator_face_embeddings r ON r.creator_id = %(creator)s
WHERE d.id = ANY(%(faces)s::int[])
GROUP BY d.id HAVING min(nullif(r.embedding <=> d.embedding, 'NaN')) IS NOT NULL

-- name: alike
-- Faces of a range of ids with their cosine to an embedding. Each is compared: no index decides what
-- is found. What is like nothing, such as an embedding of zeros, comes last.
SELECT id, coalesce(nullif(1 - (embedding <=> %(embedding)s), 'NaN'), -2)::real AS similarity,
       (match_status = 'pending' OR match_status IS NULL)::int AS pending
FROM video_face_detections WHERE id > %(after)s AND id <= %(upto)s

-- name: highest_face_id
SELECT coalesce(max(id), 0) FROM video_face_detections

-- name: person_middle
-- The mean of a creator's references and of one of its faces.
SELECT avg(embedding) FROM (
    SELECT embedding FROM creator_face_embeddings WHERE creator_id = %(creator)s
    UNION ALL
    SELECT embedding FROM video_face_detections WHERE id = %(face)s) e

-- name: middle
-- The mean of the embeddings of some faces, without those of zeros.
SELECT avg(embedding) AS middle FROM video_face_detections
WHERE id = ANY(%(faces)s::int[]) AND vector_norm(embedding) > 0

-- name: mean_similarities
-- The similarity of some faces to each of some creators: the mean of each face's best.
SELECT b.creator_id, avg(b.similarity)::float8 AS similarity
FROM (SELECT r.creator_id, 1 - min(nullif(r.embedding <=> d.embedding, 'NaN')) AS similarity
      FROM video_face_detections d CROSS JOIN creator_face_embeddings r
      WHERE d.id = ANY(%(faces)s::int[]) AND r.creator_id = ANY(%(creators)s::int[])
      GROUP BY r.creator_id, d.id) b
WHERE b.similarity IS NOT NULL
GROUP BY b.creator_id

-- name: denied
-- Verdicts "not this person" on these faces, and whom they are told apart from.
SELECT detection_id, creator_id FROM facereview.verdict
WHERE detection_id = ANY(%(faces)s::int[])
UNION
SELECT detection_id, creator_id FROM facereview.told_apart(%(faces)s::int[])

-- name: videos_of
-- The shared contract's second query: videos containing a creator, newest first, with the times. Decided
-- faces come from the table; likely ones, where a threshold is given, are those that suggest the
-- creator and, of those that suggest nobody, the ones found through the graph over all faces from
-- each of the creator's references (iterative: the filter comes after the scan).
WITH decided AS (
    SELECT d.id AS face_id, nullif(d.match_confidence, 'NaN') AS similarity, TRUE AS decided
    FROM video_face_detections d
    WHERE d.matched_creator_id = %(creator)s AND d.match_status IN ('matched', 'manual')),
likely AS (
    SELECT n.id AS face_id, max(n.similarity) AS similarity, FALSE AS decided
    FROM creator_face_embeddings r
    CROSS JOIN LATERAL (
        SELECT f.id, 1 - nullif(f.embedding <=> r.embedding, 'NaN') AS similarity
        FROM video_face_detections f
        WHERE f.match_status = 'pending' AND f.matched_creator_id IS NULL
        ORDER BY f.embedding <=> r.embedding
        LIMIT %(nearest)s) n
    WHERE r.creator_id = %(creator)s AND n.similarity >= %(threshold)s::float8
      AND NOT EXISTS (SELECT FROM facereview.verdict x
                      WHERE x.detection_id = n.id AND x.creator_id = %(creator)s)
    GROUP BY n.id
    UNION ALL
    SELECT f.id, nullif(f.match_confidence, 'NaN'), FALSE
    FROM video_face_detections f
    WHERE f.matched_creator_id = %(creator)s AND f.match_status = 'pending'
      AND %(threshold)s::float8 IS NOT NULL)
SELECT v.id, v.file_path AS path, v.title, d.frame_timestamp AS timestamp, a.face_id,
       a.similarity, a.decided, a.decided AND m.detection_id IS NOT NULL AS unchecked
FROM (SELECT * FROM decided UNION ALL SELECT * FROM likely) a
JOIN video_face_detections d ON d.id = a.face_id
LEFT JOIN facereview.automatic m ON m.detection_id = a.face_id
JOIN videos v ON v.id = d.video_id
ORDER BY v.created_at DESC, v.id DESC, d.frame_timestamp, a.face_id

-- ---------------------------------------------------------------------------------- decisions

-- name: batch_of_token
SELECT b.id, b.token::text, b.kind, b.creator_id,
       (SELECT count(*) FROM facereview.decision d WHERE d.batch_id = b.id) AS faces
FROM facereview.batch b WHERE b.token = %(token)s

-- name: add_batch
-- No row when this token was written before. Other windows are notified at the commit.
WITH made AS (
    INSERT INTO facereview.batch (token, actor, workstation, kind, creator_id, reason, reverts,
                                  detail)
    VALUES (%(token)s, %(actor)s, %(workstation)s, %(kind)s, %(creator)s, %(reason)s, %(reverts)s,
            %(detail)s::jsonb)
    ON CONFLICT (token) DO NOTHING
    RETURNING id)
SELECT id, pg_notify('facereview', json_build_object(
    'from', %(window)s::text, 'what', 'act', 'batch', id)::text)::text AS told
FROM made

-- ----------------------------------------------------------------------------------- other windows

-- name: listen
-- Receive the messages of other windows on this library.
LISTEN facereview

-- name: tell
-- Send a message to every window on this library; in a transaction, at its commit.
SELECT pg_notify('facereview', %(text)s)::text

-- name: latest
-- The state that is polled every few seconds: the last act, the last face, the last cluster, and
-- the settings.
SELECT coalesce((SELECT max(id) FROM facereview.batch), 0) AS batch,
       coalesce((SELECT max(id) FROM video_face_detections), 0) AS face,
       coalesce((SELECT max(id) FROM facereview.cluster), 0) AS cluster,
       (SELECT coalesce(md5(string_agg(key || '=' || value, ',' ORDER BY key)), '')
        FROM face_recognition_config) AS settings,
       (SELECT count(*) FROM creators) AS creators, (SELECT count(*) FROM videos) AS videos

-- name: acts_of
-- The kinds of these acts, and of those after one.
SELECT id, kind FROM facereview.batch
WHERE id = ANY(%(batches)s::bigint[]) OR id > %(after)s
ORDER BY id LIMIT 1000

-- name: faces_of_acts
-- The faces that these acts decided, with their status now.
SELECT DISTINCT d.id, coalesce(d.match_status, 'pending') AS status
FROM facereview.decision l JOIN video_face_detections d ON d.id = l.detection_id
WHERE l.batch_id = ANY(%(batches)s::bigint[])

-- name: pending_after
-- Pending faces that came after this one, in working order.
SELECT id FROM video_face_detections
WHERE id > %(face)s AND (match_status = 'pending' OR match_status IS NULL)
ORDER BY video_id, frame_timestamp, id

-- name: decided_by
-- Who last decided each of these faces, by display name, and whether at this workstation.
SELECT DISTINCT ON (l.detection_id) l.detection_id AS id,
       coalesce(b.detail->>'curator', b.actor) AS who, b.kind,
       b.actor = %(actor)s AND b.workstation = %(workstation)s AS mine
FROM facereview.decision l JOIN facereview.batch b ON b.id = l.batch_id
WHERE l.detection_id = ANY(%(faces)s::int[])
  AND (l.before_status, l.before_creator_id) IS DISTINCT FROM (l.after_status, l.after_creator_id)
ORDER BY l.detection_id, l.id DESC

-- name: add_conflicts
-- Decisions on these faces that did not stand; one that is sent twice is kept once.
INSERT INTO facereview.conflict (token, detection_id, actor, workstation, kind, creator_id, name,
                                 reason)
SELECT %(token)s, d.id, %(actor)s, %(workstation)s, %(kind)s, %(creator)s, %(name)s, %(reason)s
FROM video_face_detections d WHERE d.id = ANY(%(faces)s::int[])
ON CONFLICT (token, detection_id) DO NOTHING

-- name: conflicts
-- Decisions that did not stand and that their curator has not seen, what stands, and by whom.
SELECT k.token::text, k.detection_id AS face, k.kind, coalesce(c.name, k.name) AS name,
       k.reason, coalesce(v.title, v.file_path) AS video, d.frame_timestamp AS timestamp,
       coalesce(d.match_status, 'pending') AS status, n.name AS stands, w.who
FROM facereview.conflict k JOIN video_face_detections d ON d.id = k.detection_id
JOIN videos v ON v.id = d.video_id
LEFT JOIN creators c ON c.id = k.creator_id
LEFT JOIN creators n ON n.id = d.matched_creator_id
LEFT JOIN LATERAL (
    SELECT coalesce(b.detail->>'curator', b.actor) AS who
    FROM facereview.decision l JOIN facereview.batch b ON b.id = l.batch_id
    WHERE l.detection_id = k.detection_id
    ORDER BY l.id DESC LIMIT 1) w ON TRUE
WHERE k.actor = %(actor)s AND k.workstation = %(workstation)s AND k.looked_at IS NULL
ORDER BY k.created_at, k.detection_id

-- name: look_at_conflicts
UPDATE facereview.conflict SET looked_at = now()
WHERE token = ANY(%(tokens)s::uuid[]) AND detection_id = ANY(%(faces)s::int[])
  AND looked_at IS NULL

-- name: lock_faces
-- The faces as they are now, locked in id order so that two bulk decisions cannot deadlock; what
-- refers to a face may be written meanwhile (NO KEY), as when clusters are.
SELECT d.id, d.video_id, coalesce(d.match_status, 'pending') AS status,
       d.matched_creator_id AS creator_id, nullif(d.match_confidence, 'NaN') AS confidence,
       a.batch_id AS automatic
FROM video_face_detections d LEFT JOIN facereview.automatic a ON a.detection_id = d.id
WHERE d.id = ANY(%(faces)s::int[])
ORDER BY d.id
FOR NO KEY UPDATE OF d

-- name: set_faces
-- Write the new states of faces already locked and compared.
UPDATE video_face_detections d
SET match_status = n.status, matched_creator_id = n.creator_id,
    match_confidence = nullif(n.confidence, 'NaN')
FROM unnest(%(faces)s::int[], %(statuses)s::text[], %(creators)s::int[], %(confidences)s::real[])
     AS n(id, status, creator_id, confidence)
WHERE d.id = n.id

-- name: log_decisions
INSERT INTO facereview.decision
    (batch_id, detection_id, video_id, before_status, before_creator_id, before_confidence,
     before_automatic, after_status, after_creator_id, after_confidence, denied)
SELECT %(batch)s, n.* FROM unnest(
    %(faces)s::int[], %(videos)s::int[], %(before_statuses)s::text[], %(before_creators)s::int[],
    %(before_confidences)s::real[], %(before_automatic)s::bigint[], %(statuses)s::text[],
    %(creators)s::int[], %(confidences)s::real[], %(denied)s::int[]) AS n

-- name: decisions_of
SELECT detection_id, video_id, before_status, before_creator_id,
       nullif(before_confidence, 'NaN') AS before_confidence,
       before_automatic, after_status, after_creator_id,
       nullif(after_confidence, 'NaN') AS after_confidence, denied
FROM facereview.decision WHERE batch_id = %(batch)s ORDER BY detection_id

-- name: lock_tags
-- Lock a video and creator: concurrent tagging and untagging could miss each other.
SELECT pg_advisory_xact_lock(t.video_id, t.creator_id)
FROM (SELECT DISTINCT video_id, creator_id
      FROM unnest(%(videos)s::int[], %(creators)s::int[]) AS u(video_id, creator_id)
      ORDER BY 1, 2) t

-- name: add_tags
-- Tag videos with creators; only new tags are recorded as facereview's.
WITH new AS (
    INSERT INTO video_creators (video_id, creator_id)
    SELECT DISTINCT u.video_id, u.creator_id
    FROM unnest(%(videos)s::int[], %(creators)s::int[]) AS u(video_id, creator_id)
    ON CONFLICT DO NOTHING
    RETURNING video_id, creator_id)
SELECT video_id, creator_id FROM new

-- name: remember_tags
INSERT INTO facereview.tag (video_id, creator_id)
SELECT u.video_id, u.creator_id
FROM unnest(%(videos)s::int[], %(creators)s::int[]) AS u(video_id, creator_id)
ON CONFLICT DO NOTHING

-- name: remove_tags
-- Remove facereview's tags that no decided face supports any longer.
DELETE FROM video_creators v USING facereview.tag t
WHERE (v.video_id, v.creator_id) = (t.video_id, t.creator_id)
  AND (v.video_id, v.creator_id) IN (
      SELECT u.video_id, u.creator_id
      FROM unnest(%(videos)s::int[], %(creators)s::int[]) AS u(video_id, creator_id))
  AND NOT EXISTS (SELECT FROM video_face_detections d
                  WHERE d.video_id = v.video_id AND d.matched_creator_id = v.creator_id
                    AND d.match_status IN ('matched', 'manual'))

-- name: named_in_frames
-- Of faces to be named as creators, those in whose frame another face carries that name or is to get
-- it, and which. Mirrored faces may carry one name.
WITH naming AS (
    SELECT n.face, n.creator, d.video_id, d.frame_timestamp
    FROM unnest(%(faces)s::int[], %(creators)s::int[]) AS n(face, creator)
    JOIN video_face_detections d ON d.id = n.face)
SELECT DISTINCT ON (n.face) n.face AS id, o.id AS other
FROM naming n JOIN video_face_detections o
    ON o.video_id = n.video_id AND o.id <> n.face
       AND abs(o.frame_timestamp - n.frame_timestamp) < 0.001
LEFT JOIN naming g ON g.face = o.id
WHERE CASE WHEN g.face IS NULL
           THEN o.matched_creator_id = n.creator AND o.match_status IN ('matched', 'manual')
           ELSE g.creator = n.creator END
  AND NOT EXISTS (SELECT FROM facereview.mirror m
                  WHERE m.detection_id = least(o.id, n.face) AND m.other_id = greatest(o.id, n.face))
ORDER BY n.face, o.id

-- name: add_verdicts
INSERT INTO facereview.verdict (detection_id, creator_id)
SELECT u.face, u.creator FROM unnest(%(faces)s::int[], %(creators)s::int[]) AS u(face, creator)
ON CONFLICT DO NOTHING
RETURNING detection_id

-- name: remove_verdicts
DELETE FROM facereview.verdict v
USING unnest(%(faces)s::int[], %(creators)s::int[]) AS u(face, creator)
WHERE v.detection_id = u.face AND v.creator_id = u.creator

-- name: set_automatic
INSERT INTO facereview.automatic (detection_id, batch_id)
SELECT u.face, u.batch FROM unnest(%(faces)s::int[], %(batches)s::bigint[]) AS u(face, batch)
ON CONFLICT (detection_id) DO UPDATE SET batch_id = excluded.batch_id

-- name: clear_automatic
DELETE FROM facereview.automatic WHERE detection_id = ANY(%(faces)s::int[])

-- name: set_suggestions
-- Automatic suggestions on faces that are still pending and have none of another program.
UPDATE video_face_detections d
SET matched_creator_id = n.creator_id, match_confidence = nullif(n.confidence, 'NaN')
FROM unnest(%(faces)s::int[], %(creators)s::int[], %(confidences)s::real[])
     AS n(id, creator_id, confidence)
WHERE d.id = n.id AND d.match_status = 'pending'

-- name: lock_actor
-- One undo or redo of a curator at a time.
SELECT pg_advisory_xact_lock(7221107, hashtext(%(actor)s))

-- name: next_undo
-- The curator's latest act at this workstation that still stands and changed something, but for
-- settings, which are not told in the status bar. What was done before workstations were told apart
-- belongs to each of them.
SELECT b.id, b.token::text, b.kind, b.creator_id,
       (SELECT count(*) FROM facereview.decision d WHERE d.batch_id = b.id) AS faces
FROM facereview.batch b
WHERE b.actor = %(actor)s AND b.workstation IN ('', %(workstation)s)
  AND b.undone_by IS NULL AND b.overtaken_at IS NULL
  AND b.kind NOT IN ('undo', 'automatic', 'setting')
  AND NOT EXISTS (SELECT FROM facereview.row_change r
                  WHERE r.batch_id = b.id AND b.kind = 'redo' AND r.subject = 'setting')
  AND (EXISTS (SELECT FROM facereview.decision d WHERE d.batch_id = b.id)
       OR EXISTS (SELECT FROM facereview.row_change r WHERE r.batch_id = b.id))
ORDER BY b.id DESC LIMIT 1

-- name: next_redo
-- The curator's latest undo at this workstation since the last new act that has not been redone.
SELECT b.id, b.token::text, b.kind, b.creator_id,
       (SELECT count(*) FROM facereview.decision d WHERE d.batch_id = b.id) AS faces
FROM facereview.batch b
WHERE b.actor = %(actor)s AND b.workstation IN ('', %(workstation)s)
  AND b.kind = 'undo' AND b.undone_by IS NULL AND b.overtaken_at IS NULL
  AND b.id > coalesce((SELECT max(n.id) FROM facereview.batch n
                       WHERE n.actor = %(actor)s AND n.workstation IN ('', %(workstation)s)
                         AND n.kind NOT IN ('undo', 'redo', 'automatic', 'setting', 'video_removed',
                                            'located', 'scan', 'migrate', 'delete', 'erase')), 0)
  AND (EXISTS (SELECT FROM facereview.decision d WHERE d.batch_id = b.id)
       OR EXISTS (SELECT FROM facereview.row_change r WHERE r.batch_id = b.id))
ORDER BY b.id DESC LIMIT 1

-- name: acts_that_stand
-- Acts of a curator, at any workstation, that can be undone; the latest first.
SELECT b.token::text, b.created_at, b.kind, coalesce(b.detail->>'curator', b.actor) AS who,
       b.workstation = %(workstation)s AS here, c.name AS creator,
       (SELECT count(*) FROM facereview.decision d WHERE d.batch_id = b.id) AS faces
FROM facereview.batch b LEFT JOIN creators c ON c.id = b.creator_id
WHERE b.actor = %(actor)s AND b.undone_by IS NULL AND b.overtaken_at IS NULL
  AND b.kind NOT IN ('undo', 'automatic')
  AND (EXISTS (SELECT FROM facereview.decision d WHERE d.batch_id = b.id)
       OR EXISTS (SELECT FROM facereview.row_change r WHERE r.batch_id = b.id))
ORDER BY b.id DESC LIMIT %(count)s

-- name: mark_overtaken
-- Nothing that this act changed is still as it left it: there is nothing to undo.
UPDATE facereview.batch SET overtaken_at = now() WHERE id = %(batch)s AND overtaken_at IS NULL

-- name: mark_undone
-- Nothing comes back when somebody undid it first.
UPDATE facereview.batch SET undone_by = %(by)s
WHERE id = %(batch)s AND undone_by IS NULL RETURNING id

-- name: original_act
-- The original act of an undo or redo, through any chain of them.
WITH RECURSIVE chain AS (
    SELECT id, token, kind, reverts, creator_id, reason, detail
    FROM facereview.batch WHERE id = %(batch)s
    UNION ALL
    SELECT b.id, b.token, b.kind, b.reverts, b.creator_id, b.reason, b.detail
    FROM facereview.batch b JOIN chain c ON b.id = c.reverts)
SELECT id, token::text, kind, creator_id, reason, detail FROM chain
WHERE kind NOT IN ('undo', 'redo') LIMIT 1

-- name: batch_number
-- How many rows of a subject a batch changed.
SELECT count(*)::int FROM facereview.row_change
WHERE batch_id = %(batch)s AND subject = %(subject)s

-- name: batch_of_change
-- The act, or the redo of it, that made a merge or a split; that of a split has its token.
SELECT b.id, b.token::text, b.kind, b.creator_id,
       (SELECT count(*) FROM facereview.decision d WHERE d.batch_id = b.id) AS faces
FROM facereview.batch b
WHERE b.undone_by IS NULL AND b.kind <> 'undo' AND (
    b.id IN (SELECT r.batch_id FROM facereview.row_change r
             WHERE r.subject = 'change' AND (r.after ->> 'id')::bigint = %(change)s)
    OR b.token = %(token)s::uuid)
ORDER BY b.id DESC LIMIT 1

-- name: machine_batches
-- Runs of automatic matching that were not undone, newest first, with their unchecked faces.
SELECT b.id, b.token::text, b.created_at, count(a.detection_id) AS faces
FROM facereview.batch b JOIN facereview.automatic a ON a.batch_id = b.id
WHERE b.kind = 'automatic' AND b.undone_by IS NULL
GROUP BY b.id ORDER BY b.id DESC

-- name: decided_since
-- Faces this curator settled since a moment, also by a redo; what was confirmed counts where it was
-- the machine's.
WITH RECURSIVE line (batch, kind, reverts) AS (
    SELECT id, kind, reverts FROM facereview.batch
    WHERE actor = %(actor)s AND created_at >= %(since)s AND undone_by IS NULL AND kind <> 'undo'
    UNION ALL
    SELECT l.batch, b.kind, b.reverts FROM line l JOIN facereview.batch b ON b.id = l.reverts)
SELECT count(*) FROM line l JOIN facereview.decision d ON d.batch_id = l.batch
WHERE l.reverts IS NULL
  AND (l.kind IN ('accept', 'assign', 'reject')
       OR (l.kind = 'confirm' AND d.before_automatic IS NOT NULL))

-- -------------------------------------------------------------- what acts change beside faces

-- name: log_row_changes
INSERT INTO facereview.row_change (batch_id, subject, before, after)
SELECT %(batch)s, n ->> 'subject', nullif(n -> 'before', 'null'), nullif(n -> 'after', 'null')
FROM jsonb_array_elements(%(rows)s::jsonb) WITH ORDINALITY AS e(n, place) ORDER BY place

-- name: row_changes_of
SELECT subject, before, after FROM facereview.row_change WHERE batch_id = %(batch)s ORDER BY id

-- name: read_creator
SELECT to_jsonb(c) - 'updated_at' AS state FROM creators c WHERE c.id = ANY(%(ids)s::bigint[])

-- name: put_creator
-- Restore a removed creator under its own id; no row where its name is taken.
INSERT INTO creators OVERRIDING SYSTEM VALUE
SELECT (jsonb_populate_record(NULL::creators,
                              n || jsonb_build_object('updated_at', CURRENT_TIMESTAMP))).*
FROM jsonb_array_elements(%(rows)s::jsonb) AS e(n)
ON CONFLICT DO NOTHING
RETURNING id

-- name: read_alias
SELECT to_jsonb(a) AS state FROM facereview.alias a WHERE a.creator_id = ANY(%(ids)s::bigint[])

-- name: put_alias
INSERT INTO facereview.alias
SELECT (jsonb_populate_record(NULL::facereview.alias, n)).*
FROM jsonb_array_elements(%(rows)s::jsonb) AS e(n)
JOIN creators c ON c.id = (n ->> 'creator_id')::int
ON CONFLICT DO NOTHING

-- name: drop_alias
DELETE FROM facereview.alias a USING jsonb_array_elements(%(rows)s::jsonb) AS e(n)
WHERE a.creator_id = (n ->> 'creator_id')::int AND a.name = n ->> 'name'

-- name: read_cluster
SELECT jsonb_build_object('id', c.id, 'postponed_at', c.postponed_at) AS state
FROM facereview.cluster c WHERE c.id = ANY(%(ids)s::bigint[])

-- name: put_cluster
INSERT INTO facereview.cluster (id, postponed_at)
SELECT (n ->> 'id')::bigint, (n ->> 'postponed_at')::timestamptz
FROM jsonb_array_elements(%(rows)s::jsonb) AS e(n)
ON CONFLICT (id) DO UPDATE SET postponed_at = excluded.postponed_at

-- name: drop_cluster
-- Clusters that hold nothing any longer.
DELETE FROM facereview.cluster c USING jsonb_array_elements(%(rows)s::jsonb) AS e(n)
WHERE c.id = (n ->> 'id')::bigint
  AND NOT EXISTS (SELECT FROM facereview.membership m WHERE m.cluster_id = c.id)
  AND NOT EXISTS (SELECT FROM facereview.apart a WHERE a.cluster_id = c.id)

-- name: read_membership
SELECT to_jsonb(m) AS state FROM facereview.membership m
WHERE m.detection_id = ANY(%(ids)s::bigint[])

-- name: put_membership
INSERT INTO facereview.membership
SELECT (jsonb_populate_record(NULL::facereview.membership, n)).*
FROM jsonb_array_elements(%(rows)s::jsonb) AS e(n)
JOIN video_face_detections d ON d.id = (n ->> 'detection_id')::int
ON CONFLICT (detection_id) DO UPDATE
SET cluster_id = excluded.cluster_id, likeness = excluded.likeness,
    similarity = excluded.similarity, agrees = excluded.agrees, fixed = excluded.fixed,
    joined = excluded.joined

-- name: drop_membership
DELETE FROM facereview.membership m USING jsonb_array_elements(%(rows)s::jsonb) AS e(n)
WHERE m.detection_id = (n ->> 'detection_id')::int

-- name: read_apart
SELECT to_jsonb(a) AS state FROM facereview.apart a WHERE a.cluster_id = ANY(%(ids)s::bigint[])

-- name: put_apart
INSERT INTO facereview.apart (detection_id, cluster_id, creator_id, batch_id)
SELECT d.id, (n ->> 'cluster_id')::bigint, c.id, (n ->> 'batch_id')::bigint
FROM jsonb_array_elements(%(rows)s::jsonb) AS e(n)
JOIN video_face_detections d ON d.id = (n ->> 'detection_id')::int
LEFT JOIN creators c ON c.id = (n ->> 'creator_id')::int
ON CONFLICT (detection_id, cluster_id) DO UPDATE
SET creator_id = excluded.creator_id, batch_id = excluded.batch_id

-- name: drop_apart
DELETE FROM facereview.apart a USING jsonb_array_elements(%(rows)s::jsonb) AS e(n)
WHERE a.detection_id = (n ->> 'detection_id')::int AND a.cluster_id = (n ->> 'cluster_id')::bigint

-- name: read_mirror
SELECT to_jsonb(m) AS state FROM facereview.mirror m
WHERE m.detection_id = ANY(%(ids)s::bigint[]) OR m.other_id = ANY(%(ids)s::bigint[])

-- name: put_mirror
INSERT INTO facereview.mirror
SELECT (jsonb_populate_record(NULL::facereview.mirror, n)).*
FROM jsonb_array_elements(%(rows)s::jsonb) AS e(n)
JOIN video_face_detections a ON a.id = (n ->> 'detection_id')::int
JOIN video_face_detections b ON b.id = (n ->> 'other_id')::int
ON CONFLICT DO NOTHING

-- name: drop_mirror
DELETE FROM facereview.mirror m USING jsonb_array_elements(%(rows)s::jsonb) AS e(n)
WHERE m.detection_id = (n ->> 'detection_id')::int AND m.other_id = (n ->> 'other_id')::int

-- name: read_skip
SELECT to_jsonb(s) AS state FROM facereview.skip s WHERE s.detection_id = ANY(%(ids)s::bigint[])

-- name: put_skip
INSERT INTO facereview.skip
SELECT (jsonb_populate_record(NULL::facereview.skip, n)).*
FROM jsonb_array_elements(%(rows)s::jsonb) AS e(n)
JOIN video_face_detections d ON d.id = (n ->> 'detection_id')::int
ON CONFLICT (detection_id, actor) DO UPDATE SET skipped_at = excluded.skipped_at

-- name: drop_skip
DELETE FROM facereview.skip s USING jsonb_array_elements(%(rows)s::jsonb) AS e(n)
WHERE s.detection_id = (n ->> 'detection_id')::int AND s.actor = n ->> 'actor'

-- name: add_skips
-- Faces that a curator skips, in the order given; a second skip puts a face at the end again.
INSERT INTO facereview.skip (detection_id, actor, skipped_at)
SELECT u.id, %(actor)s, clock_timestamp() + u.place * interval '1 microsecond'
FROM unnest(%(faces)s::int[]) WITH ORDINALITY AS u(id, place)
ON CONFLICT (detection_id, actor) DO UPDATE SET skipped_at = excluded.skipped_at

-- name: skipped
-- Faces that a curator skipped and that were not decided since, in the order of skipping.
SELECT s.detection_id FROM facereview.skip s JOIN video_face_detections d ON d.id = s.detection_id
WHERE s.actor = %(actor)s AND (d.match_status = 'pending' OR d.match_status IS NULL)
ORDER BY s.skipped_at, s.detection_id

-- name: read_reference
-- Where references are and whose: in use, retired, or withdrawn with the act that made them.
SELECT jsonb_build_object('id', r.id, 'creator_id', r.creator_id, 'place', r.place,
                          'actor', r.actor, 'retired_at', r.retired_at) AS state
FROM (
    SELECT id, creator_id, 'live' AS place, NULL::text AS actor, NULL::timestamptz AS retired_at
    FROM creator_face_embeddings
    UNION ALL SELECT id, creator_id, 'retired', actor, retired_at FROM facereview.retired
    UNION ALL SELECT id, creator_id, 'withdrawn', NULL, NULL FROM facereview.withdrawn) r
WHERE r.id = ANY(%(ids)s::bigint[])

-- name: references_derived
-- References in use or retired that were made of these faces for these creators.
SELECT r.id
FROM unnest(%(faces)s::int[], %(creators)s::int[]) AS u(face, creator_id)
JOIN facereview.reference_origin o ON o.detection_id = u.face
JOIN (SELECT id, creator_id FROM creator_face_embeddings
      UNION ALL SELECT id, creator_id FROM facereview.retired) r
  ON r.id = o.reference_id AND r.creator_id = u.creator_id
ORDER BY r.id

-- name: withdraw_references
-- Move references, whole, to where no program finds them.
WITH gone AS (
    DELETE FROM creator_face_embeddings r WHERE r.id = ANY(%(references)s::int[]) RETURNING r.*)
INSERT INTO facereview.withdrawn (id, creator_id, embedding, source_type, source_path,
                                  quality_score, created_at, rest)
SELECT g.id, g.creator_id, g.embedding, g.source_type, g.source_path, g.quality_score,
       g.created_at, to_jsonb(g) - 'id' - 'creator_id' - 'embedding' - 'source_type'
           - 'source_path' - 'quality_score' - 'created_at'
FROM gone g

-- name: bring_back_references
-- Withdrawn references are in use again under their own ids.
WITH back AS (
    DELETE FROM facereview.withdrawn t WHERE t.id = ANY(%(references)s::int[]) RETURNING t.*)
INSERT INTO creator_face_embeddings
SELECT (jsonb_populate_record(NULL::creator_face_embeddings, b.rest || jsonb_build_object(
    'id', b.id, 'creator_id', b.creator_id, 'embedding', b.embedding::text,
    'source_type', b.source_type, 'source_path', b.source_path,
    'quality_score', b.quality_score, 'created_at', b.created_at))).*
FROM back b

-- name: move_withdrawn
UPDATE facereview.withdrawn SET creator_id = %(creator)s WHERE id = ANY(%(references)s::int[])

-- name: move_retired
UPDATE facereview.retired SET creator_id = %(creator)s WHERE id = ANY(%(references)s::int[])

-- name: set_retired
-- Who retired references, and when.
UPDATE facereview.retired SET actor = %(actor)s, retired_at = %(at)s::timestamptz
WHERE id = ANY(%(references)s::int[])

-- ------------------------------------------------------------------------------------ clusters

-- name: wall
-- Every cluster with the counts of its pending faces, in one pass over them. Two rows are for faces
-- in none: the single faces (id NULL), and those not compared yet (waiting).
WITH part AS (
    SELECT m.detection_id IS NULL AS waiting, m.cluster_id, d.video_id, count(*)::int AS faces,
           sum(m.likeness::float8) AS likeness, min(m.likeness) AS worst,
           sum(m.similarity::float8) AS similarity, count(m.similarity)::int AS known,
           (count(*) FILTER (WHERE m.agrees))::int AS agree
    FROM video_face_detections d LEFT JOIN facereview.membership m ON m.detection_id = d.id
    WHERE d.match_status = 'pending' OR d.match_status IS NULL
    GROUP BY 1, 2, 3)
SELECT p.waiting, p.cluster_id AS id, sum(p.faces)::int AS size, count(*)::int AS videos,
       sum(p.likeness) / sum(p.faces) AS likeness, min(p.worst)::float8 AS worst,
       c.creator_id, c.rival_id, sum(p.similarity) / nullif(sum(p.known), 0) AS similarity,
       c.margin::float8 AS margin, sum(p.agree)::int AS agree, coalesce(c.lookalike, FALSE) AS lookalike,
       c.postponed_at IS NOT NULL AS postponed, c.chance::float8 AS chance
FROM part p LEFT JOIN facereview.cluster c ON c.id = p.cluster_id
GROUP BY p.waiting, p.cluster_id, c.id

-- name: cluster
-- What is known of one cluster beside its faces.
SELECT creator_id, rival_id, margin, lookalike, postponed_at IS NOT NULL AS postponed
FROM facereview.cluster WHERE id = %(cluster)s

-- name: cluster_members
-- The pending faces of a cluster. denied: said not to be the suggested creator, or taken out of a
-- cluster that was then confirmed as that creator. mirrored: may share its frame with another.
SELECT m.detection_id AS id, m.likeness, m.similarity, m.agrees,
       EXISTS (SELECT FROM facereview.verdict v
               WHERE v.detection_id = d.id AND v.creator_id = c.creator_id)
       OR EXISTS (SELECT FROM facereview.apart a
                  WHERE a.detection_id = d.id AND a.creator_id = c.creator_id
                    AND (a.batch_id IS NULL OR facereview.stands(a.batch_id))) AS denied,
       EXISTS (SELECT FROM facereview.mirror x
               WHERE d.id IN (x.detection_id, x.other_id)) AS mirrored
FROM facereview.membership m
JOIN facereview.cluster c ON c.id = m.cluster_id
JOIN video_face_detections d ON d.id = m.detection_id
WHERE m.cluster_id = %(cluster)s AND (d.match_status = 'pending' OR d.match_status IS NULL)

-- name: cluster_covers
-- The faces that show best who is in each cluster: clear and typical.
SELECT w.cluster_id, f.id
FROM unnest(%(clusters)s::bigint[]) AS w(cluster_id)
CROSS JOIN LATERAL (
    SELECT d.id, m.likeness * coalesce(nullif(d.quality_score, 'NaN'), 0.5) AS rank
    FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id
    WHERE m.cluster_id = w.cluster_id AND (d.match_status = 'pending' OR d.match_status IS NULL)
    ORDER BY rank DESC, d.id LIMIT %(limit)s) f
ORDER BY w.cluster_id, f.rank DESC, f.id

-- name: cluster_singles
-- The next pending faces that look like nobody else; likely: a creator is near enough. risk is
-- that of whom its track names, unless the face is known not to be that creator.
SELECT m.detection_id AS id, m.similarity, m.agrees AS likely, t.risk::float8 AS risk
FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id
LEFT JOIN facereview.track_face f ON f.detection_id = d.id
LEFT JOIN facereview.track t ON t.id = f.track_id AND t.creator_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM facereview.verdict v
                    WHERE v.detection_id = d.id AND v.creator_id = t.creator_id)
WHERE m.cluster_id IS NULL AND m.detection_id > %(after)s
  AND (d.match_status = 'pending' OR d.match_status IS NULL)
ORDER BY m.detection_id LIMIT %(limit)s

-- name: cluster_of
-- The cluster a face belongs to, also once it is decided.
SELECT cluster_id FROM facereview.membership WHERE detection_id = %(face)s

-- name: faces_of_clusters
SELECT detection_id FROM facereview.membership WHERE cluster_id = ANY(%(clusters)s::bigint[])

-- name: likeness
-- The similarity of each face to its cluster.
SELECT detection_id AS id, likeness
FROM facereview.membership WHERE detection_id = ANY(%(faces)s::int[])

-- name: lock_clusters
-- Lock the clusters against other writers until the end of the transaction. Decisions go on
-- meanwhile; creators are not merged, so that suggested creators still exist.
SELECT pg_advisory_xact_lock(7221110), pg_advisory_xact_lock_shared(7221108)

-- name: new_clusters
-- New cluster ids.
SELECT nextval('facereview.cluster_id_seq') AS id FROM generate_series(1, %(count)s)

-- name: add_clusters
-- Clusters by number, without faces and suggestion so far.
INSERT INTO facereview.cluster (id) SELECT unnest(%(clusters)s::bigint[])
ON CONFLICT (id) DO NOTHING

-- name: move_members
-- Put faces into a cluster by hand, where they stay.
INSERT INTO facereview.membership (detection_id, cluster_id, fixed)
SELECT unnest(%(faces)s::int[]), %(cluster)s, TRUE
ON CONFLICT (detection_id) DO UPDATE SET cluster_id = excluded.cluster_id, fixed = TRUE

-- name: join_rows
-- These faces of a video are one person, under a number of their own.
WITH own AS MATERIALIZED (SELECT nextval('facereview.cluster_id_seq') AS number)
UPDATE facereview.membership SET joined = own.number
FROM own WHERE detection_id = ANY(%(faces)s::int[])

-- name: shares_frame
-- Whether a frame shows one of these faces and one of the others that is no mirror of it.
SELECT EXISTS (
    SELECT FROM video_face_detections d
    JOIN video_face_detections o
        ON o.video_id = d.video_id AND o.id <> d.id
           AND round(o.frame_timestamp * 1000) = round(d.frame_timestamp * 1000)
    WHERE d.id = ANY(%(faces)s::int[]) AND o.id = ANY(%(others)s::int[])
      AND NOT EXISTS (
        SELECT FROM facereview.mirror x
        WHERE x.detection_id = least(d.id, o.id) AND x.other_id = greatest(d.id, o.id)))

-- name: said_different
-- Whether a curator said of one of these faces that it is somebody else than one of the others.
SELECT EXISTS (
    SELECT FROM facereview.different x
    WHERE (x.detection_id = ANY(%(faces)s::int[]) AND x.other_id = ANY(%(others)s::int[]))
       OR (x.detection_id = ANY(%(others)s::int[]) AND x.other_id = ANY(%(faces)s::int[])))

-- name: clusters_of_faces
-- The cluster of each of these faces that is in one.
SELECT detection_id AS id, cluster_id FROM facereview.membership
WHERE detection_id = ANY(%(faces)s::int[]) AND cluster_id IS NOT NULL

-- name: merge_members
-- All faces of several clusters, decided ones too, in one of them.
UPDATE facereview.membership SET cluster_id = %(cluster)s, fixed = TRUE
WHERE cluster_id = ANY(%(clusters)s::bigint[])

-- name: merge_apart
-- What was taken out of one of the merged clusters stays out of the whole.
INSERT INTO facereview.apart (detection_id, cluster_id, creator_id, batch_id)
SELECT DISTINCT ON (a.detection_id) a.detection_id, %(cluster)s::bigint, a.creator_id, a.batch_id
FROM facereview.apart a LEFT JOIN facereview.membership m ON m.detection_id = a.detection_id
WHERE a.cluster_id = ANY(%(clusters)s::bigint[]) AND m.cluster_id IS DISTINCT FROM %(cluster)s
ORDER BY a.detection_id, a.creator_id
ON CONFLICT DO NOTHING

-- name: rejoin
-- Faces that a curator puts into a cluster again were not taken out of it for good.
DELETE FROM facereview.apart
WHERE cluster_id = %(cluster)s AND detection_id IN (
    SELECT detection_id FROM facereview.membership WHERE cluster_id = %(cluster)s)

-- name: take_out
-- Faces that leave their cluster and are single from then on.
UPDATE facereview.membership
SET cluster_id = NULL, likeness = 1, similarity = NULL, agrees = FALSE, fixed = FALSE
WHERE cluster_id = %(cluster)s AND detection_id = ANY(%(faces)s::int[])

-- name: keep_apart
-- These faces never come back to that cluster, nor under that creator, while the decision stands
-- that they were left out of.
INSERT INTO facereview.apart (detection_id, cluster_id, creator_id, batch_id)
SELECT unnest(%(faces)s::int[]), %(cluster)s, %(creator)s,
       (SELECT id FROM facereview.batch WHERE token = %(token)s)
ON CONFLICT (detection_id, cluster_id) DO UPDATE
SET creator_id = coalesce(excluded.creator_id, apart.creator_id), batch_id = excluded.batch_id

-- name: follow_reverted
-- What was left out of a decision comes back to its cluster with an undo, and leaves it again
-- with a redo; the token is that of the undo or redo.
WITH RECURSIVE line (id, reverts) AS (
    SELECT id, reverts FROM facereview.batch WHERE token = %(token)s
    UNION ALL
    SELECT b.id, b.reverts FROM line l JOIN facereview.batch b ON b.id = l.reverts)
UPDATE facereview.membership m
SET cluster_id = CASE WHEN facereview.stands(a.batch_id) THEN NULL ELSE a.cluster_id END
FROM facereview.apart a
WHERE a.batch_id IN (SELECT id FROM line) AND m.detection_id = a.detection_id
  AND m.cluster_id IS NOT DISTINCT FROM
      CASE WHEN facereview.stands(a.batch_id) THEN a.cluster_id END

-- name: left_out_of
-- Whether faces were left out of a decision.
SELECT EXISTS (SELECT FROM facereview.apart WHERE batch_id = %(batch)s)

-- name: batch_stands
SELECT facereview.stands(id) FROM facereview.batch WHERE token = %(token)s

-- name: confirmed_as
-- The creators that faces of a cluster were confirmed as, the most frequent first.
SELECT d.matched_creator_id
FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id
WHERE m.cluster_id = %(cluster)s AND d.match_status IN ('matched', 'manual')
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1

-- name: add_mirrors
-- Every two of these faces may be one person although they share a frame.
INSERT INTO facereview.mirror (detection_id, other_id)
SELECT a.id, b.id
FROM video_face_detections a JOIN video_face_detections b
  ON b.video_id = a.video_id AND b.id > a.id
 AND abs(b.frame_timestamp - a.frame_timestamp) < 0.001
WHERE a.id = ANY(%(faces)s::int[]) AND b.id = ANY(%(faces)s::int[])
ON CONFLICT DO NOTHING

-- name: look_again
-- Single faces that are to be compared with the others once more.
DELETE FROM facereview.membership
WHERE cluster_id IS NULL AND detection_id = ANY(%(faces)s::int[])

-- name: postpone_cluster
UPDATE facereview.cluster SET postponed_at = now() WHERE id = %(cluster)s

-- name: drop_clusters
-- Clusters without faces and without history.
DELETE FROM facereview.cluster c
WHERE NOT EXISTS (SELECT FROM facereview.membership m WHERE m.cluster_id = c.id)
  AND NOT EXISTS (SELECT FROM facereview.apart a WHERE a.cluster_id = c.id)

-- name: consequences
-- What giving these faces to a creator touches: videos, and those not tagged with it so far.
SELECT count(*)::int AS faces, count(DISTINCT d.video_id)::int AS videos,
       (count(DISTINCT d.video_id) FILTER (
           WHERE %(creator)s::int IS NOT NULL AND t.video_id IS NULL))::int AS new_tags
FROM video_face_detections d
LEFT JOIN video_creators t ON t.video_id = d.video_id AND t.creator_id = %(creator)s
WHERE d.id = ANY(%(faces)s::int[])

-- name: pending_members
-- Every pending face with its cluster; known: it was compared before.
SELECT d.id, d.video_id, d.frame_timestamp::float8 AS timestamp,
       coalesce(d.quality_score, 'NaN')::float8 AS quality, coalesce(m.cluster_id, -1) AS cluster,
       (m.detection_id IS NOT NULL)::int AS known, coalesce(m.fixed, FALSE)::int AS fixed,
       coalesce(t.track_id, -1) AS track
FROM video_face_detections d LEFT JOIN facereview.membership m ON m.detection_id = d.id
LEFT JOIN facereview.track_face t ON t.detection_id = d.id
WHERE d.match_status = 'pending' OR d.match_status IS NULL

-- name: pending_vectors
-- The embeddings of all pending faces.
SELECT id, embedding FROM video_face_detections
WHERE match_status = 'pending' OR match_status IS NULL

-- name: member_vectors
SELECT id, embedding FROM video_face_detections WHERE id = ANY(%(faces)s::int[])

-- name: apart
-- What curators took out of clusters, where that still holds.
SELECT detection_id AS id, cluster_id, creator_id FROM facereview.apart
WHERE batch_id IS NULL OR facereview.stands(batch_id)

-- name: mirrors
-- Faces of one frame that may be one person.
SELECT detection_id, other_id FROM facereview.mirror

-- name: pending_verdicts
-- All verdicts "not this person" on pending faces, and whom they are told apart from.
SELECT v.detection_id AS id, v.creator_id
FROM (SELECT detection_id, creator_id FROM facereview.verdict
      UNION SELECT detection_id, creator_id FROM facereview.told_apart(NULL)) v
JOIN video_face_detections d ON d.id = v.detection_id
WHERE d.match_status = 'pending' OR d.match_status IS NULL

-- name: set_members
-- Where faces belong now, except those that a curator has moved since they were read ("before").
INSERT INTO facereview.membership AS m (detection_id, cluster_id, likeness, similarity, agrees)
SELECT n.id, nullif(n.cluster, -1), coalesce(nullif(n.likeness, 'NaN'), 0),
       nullif(n.similarity, 'NaN'), n.agrees
FROM unnest(%(faces)b::int[], %(before)b::bigint[], %(clusters)b::bigint[], %(likeness)b::real[],
            %(similarities)b::real[], %(agrees)b::bool[])
     AS n(id, before, cluster, likeness, similarity, agrees)
JOIN video_face_detections d ON d.id = n.id
LEFT JOIN facereview.membership h ON h.detection_id = n.id
WHERE coalesce(h.cluster_id, -1) = n.before AND (h.fixed IS NOT TRUE OR n.cluster = n.before)
  AND (h.detection_id IS NULL
       OR (h.cluster_id, h.agrees, h.similarity IS NULL) IS DISTINCT FROM
          (nullif(n.cluster, -1), n.agrees, n.similarity = 'NaN')
       OR abs(h.likeness - n.likeness) >= .001 OR abs(h.similarity - n.similarity) >= .001)
ON CONFLICT (detection_id) DO UPDATE
SET cluster_id = excluded.cluster_id, likeness = excluded.likeness,
    similarity = excluded.similarity, agrees = excluded.agrees

-- name: set_suggested
-- The suggestion of each cluster by all of its faces.
UPDATE facereview.cluster c
SET creator_id = k.id, rival_id = r.id, margin = nullif(n.margin, 'NaN'),
    lookalike = n.lookalike, centre = n.centre,
    chance = CASE WHEN c.creator_id IS NOT DISTINCT FROM k.id THEN c.chance END
FROM unnest(%(clusters)s::bigint[], %(creators)s::int[], %(rivals)s::int[], %(margins)s::real[],
            %(lookalikes)s::bool[], %(centres)s::vector[])
     AS n(id, creator_id, rival_id, margin, lookalike, centre)
LEFT JOIN creators k ON k.id = n.creator_id
LEFT JOIN creators r ON r.id = n.rival_id
WHERE c.id = n.id

-- name: suggestions
-- The creators suggested for clusters, and those who come next.
SELECT id, creator_id, rival_id FROM facereview.cluster WHERE creator_id IS NOT NULL

-- name: take_turn
-- Lock for one update of the clusters at a time; held by the session until it ends.
SELECT pg_try_advisory_lock(7221109)

-- name: end_turn
-- The update of the clusters is done.
SELECT pg_advisory_unlock(7221109)

-- name: waiting_faces
-- Pending faces that are new since the last update of the clusters.
SELECT d.id, d.video_id, d.frame_timestamp::float8 AS timestamp,
       coalesce(d.quality_score, 'NaN')::float8 AS quality, -1::bigint AS cluster, 0 AS known,
       0 AS fixed, coalesce(t.track_id, -1) AS track
FROM video_face_detections d LEFT JOIN facereview.track_face t ON t.detection_id = d.id
WHERE (d.match_status = 'pending' OR d.match_status IS NULL)
  AND NOT EXISTS (SELECT FROM facereview.membership m WHERE m.detection_id = d.id)

-- name: still_waiting
-- Those of some new faces that were neither decided nor removed since they were read.
SELECT d.id FROM video_face_detections d
WHERE d.id = ANY(%(faces)s::int[]) AND (d.match_status = 'pending' OR d.match_status IS NULL)
  AND NOT EXISTS (SELECT FROM facereview.membership m WHERE m.detection_id = d.id)

-- name: faces_in_clusters
-- The pending faces of these clusters; all single ones where asked for.
SELECT d.id, d.video_id, d.frame_timestamp::float8 AS timestamp,
       coalesce(d.quality_score, 'NaN')::float8 AS quality, coalesce(m.cluster_id, -1) AS cluster,
       1 AS known, m.fixed::int AS fixed, coalesce(t.track_id, -1) AS track
FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id
LEFT JOIN facereview.track_face t ON t.detection_id = m.detection_id
WHERE (m.cluster_id = ANY(%(clusters)s::bigint[])
       OR (%(singles)s::bool AND m.cluster_id IS NULL) OR m.detection_id = ANY(%(faces)s::int[]))
  AND (d.match_status = 'pending' OR d.match_status IS NULL)
ORDER BY d.id

-- name: nearest_pending
-- The clustered or single faces nearest to each of some embeddings, through the graph over all
-- faces (iterative: the filter comes after the scan).
SELECT w.place, n.id, n.similarity, coalesce(m.cluster_id, -1) AS cluster, n.video_id, n.timestamp
FROM unnest(%(vectors)s::vector[]) WITH ORDINALITY AS w(embedding, place)
CROSS JOIN LATERAL (
    SELECT d.id, d.video_id, d.frame_timestamp::float8 AS timestamp,
           1 - nullif(d.embedding <=> w.embedding, 'NaN') AS similarity
    FROM video_face_detections d WHERE d.match_status = 'pending'
    ORDER BY d.embedding <=> w.embedding LIMIT %(nearest)s) n
JOIN facereview.membership m ON m.detection_id = n.id
WHERE n.similarity IS NOT NULL

-- name: track_mates
-- The clustered or single pending faces of these tracks.
SELECT w.place, d.id, 1.0::float8 AS similarity, coalesce(m.cluster_id, -1) AS cluster, d.video_id,
       d.frame_timestamp::float8 AS timestamp
FROM unnest(%(tracks)s::bigint[]) WITH ORDINALITY AS w(id, place)
JOIN facereview.track_face t ON t.track_id = w.id
JOIN facereview.membership m ON m.detection_id = t.detection_id
JOIN video_face_detections d ON d.id = t.detection_id
WHERE d.match_status = 'pending' OR d.match_status IS NULL

-- name: graph_only
-- No sequential scans for the nearest faces until the end of the transaction.
SELECT set_config('enable_seqscan', 'off', TRUE)

-- name: cluster_frames
-- The frames of these videos in which one of these clusters has a pending face.
SELECT m.cluster_id, d.video_id, d.frame_timestamp::float8 AS timestamp
FROM video_face_detections d JOIN facereview.membership m ON m.detection_id = d.id
WHERE d.video_id = ANY(%(videos)s::int[]) AND m.cluster_id = ANY(%(clusters)s::bigint[])
  AND (d.match_status = 'pending' OR d.match_status IS NULL)

-- name: centres_of
-- The centres of these clusters.
SELECT id, centre FROM facereview.cluster
WHERE id = ANY(%(clusters)s::bigint[]) AND centre IS NOT NULL

-- name: cluster_centres
-- The centre of every cluster that has one.
SELECT id, centre FROM facereview.cluster WHERE centre IS NOT NULL

-- name: reference_marks
-- What changes when a creator gets or loses a reference.
SELECT creator_id, count(*) AS n, max(id) AS highest FROM creator_face_embeddings GROUP BY 1

-- name: last_batch
-- The latest decision so far.
SELECT coalesce(max(id), 0) FROM facereview.batch

-- name: open_batches
-- Ids among the last hundred without a visible decision: it is in an open transaction, or was
-- rolled back. Ids are assigned before the decision is committed.
SELECT n AS id FROM generate_series(greatest(1, %(last)s - 100), %(last)s) AS n
WHERE NOT EXISTS (SELECT FROM facereview.batch b WHERE b.id = n)

-- name: touched_clusters
-- Clusters of faces that were decided on, one way or the other, by a decision behind "after" or by
-- one of those that were under way then.
SELECT DISTINCT m.cluster_id AS id
FROM facereview.decision s JOIN facereview.membership m ON m.detection_id = s.detection_id
WHERE (s.batch_id > %(after)s OR s.batch_id = ANY(%(open)s::bigint[]))
  AND m.cluster_id IS NOT NULL

-- ---------------------------------------------------------------------------------- tracks

-- name: take_tracking_turn
-- Lock for one run over the tracks of many videos at a time; held by the session until it ends.
SELECT pg_try_advisory_lock(7221112)

-- name: end_tracking_turn
SELECT pg_advisory_unlock(7221112)

-- name: lock_tracks
-- Lock the tracks of videos against other writers until the end of the transaction, in one order.
SELECT pg_advisory_xact_lock(7221113, v.id)
FROM (SELECT DISTINCT unnest(%(videos)s::int[]) AS id ORDER BY 1) v

-- name: lock_tracks_at
-- The same for the video at a path, where one is known there.
SELECT pg_advisory_xact_lock(7221113, id) FROM videos WHERE file_path = %(path)s

-- name: faces_to_link
-- The faces of videos but those that a curator said are none or unusable, with the creator whom a
-- person gave each to (0: nobody did) and whether it was rejected as a stranger. A match that no
-- decision made is a machine's, of whatever program.
SELECT d.id, d.video_id, d.frame_timestamp::float8 AS timestamp,
       coalesce(d.quality_score, 'NaN')::float4 AS quality, d.bbox_x AS x, d.bbox_y AS y,
       d.bbox_width AS width, d.bbox_height AS height,
       CASE WHEN d.match_status = 'manual' OR (
               d.match_status = 'matched'
               AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id)
               AND EXISTS (
                   SELECT FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
                   WHERE s.detection_id = d.id AND s.after_status IN ('matched', 'manual')
                     AND b.kind NOT IN ('automatic', 'not_person', 'undo', 'redo')
                     AND (b.undone_by IS NULL OR facereview.stands(b.id))))
            THEN coalesce(d.matched_creator_id, 0) ELSE 0 END AS creator,
       (d.match_status IS NOT DISTINCT FROM 'rejected')::int AS stranger,
       coalesce(t.track_id, 0) AS track, coalesce(m.joined, 0) AS joined, d.embedding
FROM video_face_detections d
LEFT JOIN facereview.track_face t ON t.detection_id = d.id
LEFT JOIN facereview.membership m ON m.detection_id = d.id
WHERE d.video_id = ANY(%(videos)s::int[])
  AND NOT (d.match_status IS NOT DISTINCT FROM 'rejected' AND (
      SELECT b.reason IN ('not_a_face', 'unusable')
      FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
      WHERE s.detection_id = d.id AND s.after_status = 'rejected' AND b.reason IS NOT NULL
        AND (b.undone_by IS NULL OR facereview.stands(b.id))
      ORDER BY s.id DESC LIMIT 1) IS TRUE)
ORDER BY d.video_id, d.frame_timestamp, d.id

-- name: denied_in_videos
-- (face, creator) of each verdict "not this person" on the faces of videos, and of whom they are told
-- apart from.
SELECT v.detection_id AS id, v.creator_id
FROM video_face_detections d JOIN facereview.verdict v ON v.detection_id = d.id
WHERE d.video_id = ANY(%(videos)s::int[])
UNION
SELECT t.detection_id, t.creator_id
FROM facereview.told_apart(NULL) t JOIN video_face_detections d ON d.id = t.detection_id
WHERE d.video_id = ANY(%(videos)s::int[])

-- name: mirrors_in_videos
-- Faces of one frame of these videos that may be one person.
SELECT m.detection_id, m.other_id
FROM facereview.mirror m JOIN video_face_detections d ON d.id = m.detection_id
WHERE d.video_id = ANY(%(videos)s::int[])

-- name: apart_in_videos
-- Faces of these videos that a curator took out of a cluster, with the faces of the same video there.
SELECT a.detection_id, o.id AS other_id
FROM video_face_detections d
JOIN facereview.apart a ON a.detection_id = d.id
JOIN video_face_detections o ON o.video_id = d.video_id AND o.id <> d.id
JOIN facereview.membership m ON m.detection_id = o.id AND m.cluster_id = a.cluster_id
WHERE d.video_id = ANY(%(videos)s::int[])
  AND (a.batch_id IS NULL OR facereview.stands(a.batch_id))

-- name: pictures_of_videos
-- The small pictures of videos that have some.
SELECT video_id, times, greys FROM facereview.fingerprint
WHERE video_id = ANY(%(videos)s::int[]) AND greys <> ''

-- name: track_ids_of_videos
-- The tracks of videos, those that have no face left too.
SELECT id, video_id, faces FROM facereview.track WHERE video_id = ANY(%(videos)s::int[])

-- name: new_tracks
-- New track ids.
SELECT nextval('facereview.track_id_seq') AS id FROM generate_series(1, %(count)s)

-- name: set_tracks
-- Tracks as they are now; what was said of them as they were before is forgotten.
INSERT INTO facereview.track (id, video_id, faces, template, pictures, face_size, quality)
SELECT n.id, v.id, n.faces, n.template, n.pictures, nullif(n.face_size, 'NaN'),
       nullif(n.quality, 'NaN')
FROM unnest(%(tracks)b::bigint[], %(videos)b::int[], %(faces)b::int[], %(templates)b::vector[],
            %(pictures)b::real[], %(face_sizes)b::real[], %(qualities)b::real[])
     AS n(id, video, faces, template, pictures, face_size, quality)
JOIN (SELECT id FROM videos WHERE id = ANY(%(videos)b::int[]) ORDER BY id FOR KEY SHARE) v
    ON v.id = n.video
ON CONFLICT (id) DO UPDATE
SET faces = excluded.faces, template = excluded.template, pictures = excluded.pictures,
    face_size = excluded.face_size, quality = excluded.quality, creator_id = NULL, rival_id = NULL,
    similarity = NULL, margin = NULL, risk = NULL, calibration_id = NULL, judged_at = NULL,
    unlike = NULL

-- name: set_track_faces
-- The track of each of these faces, of which one may be gone by now.
INSERT INTO facereview.track_face (detection_id, track_id)
SELECT d.id, t.id
FROM unnest(%(faces)b::int[], %(tracks)b::bigint[]) AS n(face, track)
JOIN (SELECT id FROM video_face_detections WHERE id = ANY(%(faces)b::int[])
      ORDER BY id FOR KEY SHARE) d ON d.id = n.face
JOIN facereview.track t ON t.id = n.track
ON CONFLICT (detection_id) DO UPDATE SET track_id = excluded.track_id

-- name: drop_tracks
DELETE FROM facereview.track WHERE id = ANY(%(tracks)s::bigint[])

-- name: leave_out_of_tracks
-- Take all faces but these out of tracks.
DELETE FROM facereview.track_face
WHERE track_id = ANY(%(tracks)s::bigint[]) AND detection_id <> ALL(%(faces)s::int[])

-- name: tracks_there
-- How many of these tracks are there.
SELECT count(*) FROM facereview.track WHERE id = ANY(%(tracks)s::bigint[])

-- name: set_standings
-- What the evidence says of tracks; creators removed since are nobody. Those come back of which it
-- says somebody else than before, or of other faces, or another risk by more than a quarter.
UPDATE facereview.track t
SET creator_id = k.id, rival_id = r.id, similarity = nullif(n.similarity, 'NaN'),
    margin = nullif(n.margin, 'NaN'), risk = nullif(n.risk, 'NaN'),
    calibration_id = %(calibration)s, judged_at = now(), unlike = nullif(n.unlike::int[], '{}')
FROM unnest(%(tracks)b::bigint[], %(creators)b::int[], %(rivals)b::int[], %(similarities)b::real[],
            %(margins)b::real[], %(risks)b::real[], %(unlike)b::text[])
     AS n(id, creator, rival, similarity, margin, risk, unlike)
JOIN facereview.track o ON o.id = n.id
LEFT JOIN creators k ON k.id = n.creator
LEFT JOIN creators r ON r.id = n.rival
WHERE t.id = n.id
RETURNING t.id, o.creator_id IS DISTINCT FROM t.creator_id
    OR o.unlike IS DISTINCT FROM t.unlike
    OR (o.risk IS NULL) <> (t.risk IS NULL)
    OR coalesce(abs(ln(t.risk / o.risk)) > ln(1.25), FALSE) AS otherwise

-- name: standings
-- What the evidence said last of tracks.
SELECT t.id, t.creator_id, t.rival_id, t.similarity, t.margin, t.risk, t.calibration_id, t.judged_at,
       t.unlike
FROM facereview.track t WHERE t.id = ANY(%(tracks)s::bigint[])

-- name: forget_standings
-- Nothing is said any longer of tracks that were judged to be a creator, or came near to it.
UPDATE facereview.track
SET creator_id = NULL, rival_id = NULL, similarity = NULL, margin = NULL, risk = NULL,
    calibration_id = NULL, judged_at = NULL, unlike = NULL
WHERE %(creator)s IN (creator_id, rival_id)

-- name: merge_standings
-- Tracks of a creator who was merged away are the other's; a lead over the same person is none.
UPDATE facereview.track
SET creator_id = CASE WHEN creator_id = %(drop)s THEN %(keep)s ELSE creator_id END,
    rival_id = CASE WHEN rival_id = %(drop)s THEN nullif(%(keep)s, creator_id)
                    WHEN creator_id = %(drop)s THEN nullif(rival_id, %(keep)s)
                    ELSE rival_id END,
    margin = CASE WHEN %(keep)s IN (creator_id, rival_id) AND creator_id IS NOT NULL
                  AND rival_id IS NOT NULL THEN NULL ELSE margin END
WHERE %(drop)s IN (creator_id, rival_id)

-- name: merge_settled
-- What the machine settled as a creator who was merged away.
UPDATE facereview.settled SET creator_id = %(keep)s WHERE creator_id = %(drop)s

-- name: take_back_settled
-- What it settled of the faces that go back to that creator.
UPDATE facereview.settled s SET creator_id = %(drop)s FROM video_face_detections d
WHERE d.id = s.detection_id AND d.id = ANY(%(faces)s::int[]) AND d.matched_creator_id = %(drop)s
  AND s.creator_id = %(keep)s

-- name: tracks_of_faces
-- The track of each of these faces that has one.
SELECT detection_id AS id, track_id FROM facereview.track_face
WHERE detection_id = ANY(%(faces)s::int[])

-- name: track_risks
-- The risk of the track of each of these faces that was judged to be this creator, unless the face is
-- known not to be.
SELECT f.detection_id AS id, t.risk
FROM facereview.track_face f JOIN facereview.track t ON t.id = f.track_id
WHERE f.detection_id = ANY(%(faces)s::int[]) AND t.creator_id = %(creator)s AND t.risk IS NOT NULL
  AND NOT EXISTS (SELECT FROM facereview.verdict v
                  WHERE v.detection_id = f.detection_id AND v.creator_id = t.creator_id)

-- name: face_tracks
-- The track of each of these faces that is in one, with what the evidence said of it last, and whom a
-- person decided some of its faces to be. A match that no decision made is a machine's. A face whose
-- name was taken back may be in its track by that name alone: it has none until it is linked again.
SELECT f.detection_id AS face, t.id, span.faces, span.begins, span.ends, t.creator_id, t.rival_id,
       t.similarity, t.margin, t.risk, coalesce(c.units, 0) AS seen, span.named
FROM facereview.track_face f
JOIN facereview.track t ON t.id = f.track_id
LEFT JOIN facereview.calibration c ON c.id = t.calibration_id
CROSS JOIN LATERAL (
    SELECT count(*)::int AS faces, min(d.frame_timestamp) AS begins, max(d.frame_timestamp) AS ends,
           max(d.matched_creator_id) FILTER (
               WHERE d.match_status = 'manual' OR (
                   d.match_status = 'matched'
                   AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id)
                   AND EXISTS (
                       SELECT FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
                       WHERE s.detection_id = d.id AND s.after_status IN ('matched', 'manual')
                         AND b.kind NOT IN ('automatic', 'not_person', 'undo', 'redo')
                         AND (b.undone_by IS NULL OR facereview.stands(b.id))))) AS named
    FROM facereview.track_face o JOIN video_face_detections d ON d.id = o.detection_id
    WHERE o.track_id = t.id) span
WHERE f.detection_id = ANY(%(faces)s::int[]) AND NOT EXISTS (
    SELECT FROM facereview.decision s
    WHERE s.detection_id = f.detection_id
      AND s.before_status IN ('matched', 'manual') AND s.after_status = 'pending'
      AND s.batch_id > (SELECT (m.value ->> 'batch')::bigint FROM facereview.meta m
                        WHERE m.key = 'tracks'))

-- name: track_templates
-- Every track with a template, in blocks.
SELECT id, video_id, faces, pictures, coalesce(face_size, 'NaN')::float4 AS face_size,
       coalesce(quality, 'NaN')::float4 AS quality, template
FROM facereview.track
WHERE template IS NOT NULL
  AND (%(videos)s::int[] IS NULL OR video_id = ANY(%(videos)s::int[]))

-- name: track_counts
SELECT (SELECT count(*) FROM facereview.track)::int AS tracks,
       (SELECT count(*) FROM facereview.track_face)::int AS faces

-- name: advance_tracks
-- The tracks follow all acts up to this one, unless a run over all videos is under way.
UPDATE facereview.meta
SET value = value || jsonb_build_object('batch', %(batch)s::bigint,
                                        'open', to_jsonb(%(open)s::bigint[]))
WHERE key = 'tracks' AND value ->> 'reached' IS NULL

-- name: unlinked_videos
-- Videos with faces that are in no track, or with tracks that lost faces or in which people, by any
-- program, named two creators, or one and a stranger; how many faces they have.
WITH stale AS (
    SELECT d.video_id FROM video_face_detections d
    WHERE NOT EXISTS (SELECT FROM facereview.track_face f WHERE f.detection_id = d.id)
      AND NOT (d.match_status IS NOT DISTINCT FROM 'rejected' AND (
          SELECT b.reason IN ('not_a_face', 'unusable')
          FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
          WHERE s.detection_id = d.id AND s.after_status = 'rejected' AND b.reason IS NOT NULL
            AND (b.undone_by IS NULL OR facereview.stands(b.id))
          ORDER BY s.id DESC LIMIT 1) IS TRUE)
    UNION
    SELECT t.video_id FROM facereview.track t
    LEFT JOIN (SELECT track_id, count(*) AS n FROM facereview.track_face GROUP BY 1) f
        ON f.track_id = t.id
    WHERE t.faces <> coalesce(f.n, 0)
    UNION
    SELECT d.video_id
    FROM video_face_detections d JOIN facereview.track_face f ON f.detection_id = d.id
    WHERE d.match_status = 'rejected' OR (d.match_status = 'manual'
                                          AND d.matched_creator_id IS NOT NULL)
    GROUP BY d.video_id, f.track_id
    HAVING count(DISTINCT d.matched_creator_id) FILTER (WHERE d.match_status = 'manual') > 1
        OR count(DISTINCT d.match_status) > 1)
SELECT video_id AS id, count(d.id)::int AS faces
FROM stale LEFT JOIN video_face_detections d USING (video_id) GROUP BY 1 ORDER BY 1

-- name: touched_videos
-- Videos of faces that were decided on, told to be mirrored, one person or two people, told apart from
-- others or from one that was decided on, or moved with a creator, by an act behind "after" or by one
-- of those that were under way then; how many faces they have.
WITH acts AS (
    SELECT b.id FROM facereview.batch b
    WHERE b.id > %(after)s OR b.id = ANY(%(open)s::bigint[])
), changes AS (
    SELECT r.subject, coalesce(r.after, r.before) AS row
    FROM facereview.row_change r JOIN acts ON acts.id = r.batch_id
    WHERE r.subject IN ('mirror', 'change', 'apart', 'different')
       OR (r.subject = 'membership' AND r.before ->> 'joined' IS DISTINCT FROM r.after ->> 'joined')
), decided AS (
    SELECT s.video_id, s.detection_id FROM facereview.decision s JOIN acts ON acts.id = s.batch_id
), touched AS (
    SELECT video_id FROM decided
    UNION
    SELECT d.video_id FROM decided s JOIN facereview.different x ON x.detection_id = s.detection_id
    JOIN video_face_detections d ON d.id = x.other_id
    UNION
    SELECT d.video_id FROM decided s JOIN facereview.different x ON x.other_id = s.detection_id
    JOIN video_face_detections d ON d.id = x.detection_id
    UNION
    SELECT d.video_id FROM changes c
    JOIN video_face_detections d ON d.id = (c.row ->> 'detection_id')::int
    WHERE c.subject <> 'change'
    UNION
    SELECT d.video_id FROM changes c
    JOIN video_face_detections d ON d.id = (c.row ->> 'other_id')::int
    WHERE c.subject = 'different'
    UNION
    SELECT d.video_id FROM changes c
    JOIN facereview.person_move m
        ON m.change_id = (c.row ->> 'id')::bigint AND m.what IN ('face', 'verdict')
    JOIN video_face_detections d ON d.id = m.id
    WHERE c.subject = 'change')
SELECT video_id AS id, count(d.id)::int AS faces
FROM touched JOIN video_face_detections d USING (video_id) GROUP BY 1 ORDER BY 1

-- name: alike_elsewhere
-- Videos with the pending faces that are nearest to those which people named since, or took a name
-- from, through the graph over all faces (iterative: the filter comes after the scan).
WITH decided AS (
    SELECT DISTINCT s.detection_id AS id
    FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
    WHERE (b.id > %(after)s OR b.id = ANY(%(open)s::bigint[])) AND b.kind <> 'automatic'
      AND (s.before_status IN ('matched', 'manual') OR s.after_status IN ('matched', 'manual'))
    ORDER BY 1 LIMIT %(faces)s
)
SELECT DISTINCT n.video_id AS id
FROM decided JOIN video_face_detections q USING (id)
CROSS JOIN LATERAL (
    SELECT d.video_id, d.embedding <=> q.embedding AS distance
    FROM video_face_detections d
    WHERE d.match_status = 'pending' AND d.video_id <> q.video_id
    ORDER BY d.embedding <=> q.embedding LIMIT %(nearest)s) n
WHERE n.distance <= 1 - %(threshold)s::float8
ORDER BY 1

-- name: videos_with_faces
-- Videos that have faces, behind one; how many.
SELECT video_id AS id, count(*)::int AS faces FROM video_face_detections
WHERE video_id > %(after)s GROUP BY 1 ORDER BY 1

-- name: video_sizes
-- Width and height of the frames of videos, where both are known.
SELECT id, width, height FROM videos WHERE id = ANY(%(videos)s::int[]) AND width > 0 AND height > 0

-- --------------------------------------------------------------------------------- references

-- name: reference_details
-- References by id, or all of a creator, live and retired, with what is known of their origin:
-- for one promoted from a face also who last gave that face to a creator.
SELECT r.id, r.creator_id, c.name, r.source_type, r.source_path,
       nullif(r.quality_score, 'NaN') AS quality,
       r.created_at, r.retired_by, r.retired_at, o.actor, o.created_at AS added_at,
       o.detection_id, coalesce(o.picture, FALSE) AS picture, d.actor AS decided_by,
       d.created_at AS decided_at
FROM (
    SELECT id, creator_id, source_type, source_path, quality_score, created_at,
           NULL::text AS retired_by, NULL::timestamptz AS retired_at
    FROM creator_face_embeddings
    WHERE id = ANY(%(references)s::int[]) OR creator_id = %(creator)s
    UNION ALL
    SELECT id, creator_id, source_type, source_path, quality_score, created_at, actor, retired_at
    FROM facereview.retired
    WHERE id = ANY(%(references)s::int[]) OR creator_id = %(creator)s) r
JOIN creators c ON c.id = r.creator_id
LEFT JOIN facereview.reference_origin o ON o.reference_id = r.id
LEFT JOIN LATERAL (
    SELECT b.actor, b.created_at
    FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
    WHERE s.detection_id = o.detection_id AND s.after_status IN ('matched', 'manual')
    ORDER BY s.id DESC LIMIT 1) d ON TRUE
ORDER BY r.retired_at NULLS FIRST, r.id

-- name: retired_vectors
-- All retired references, for comparing new ones with them.
SELECT id, creator_id, embedding FROM facereview.retired ORDER BY creator_id, id

-- name: retire_references
-- Move references out of use, whole.
WITH gone AS (
    DELETE FROM creator_face_embeddings r WHERE r.id = ANY(%(references)s::int[]) RETURNING r.*)
INSERT INTO facereview.retired (id, creator_id, embedding, source_type, source_path,
                                quality_score, created_at, rest, actor)
SELECT g.id, g.creator_id, g.embedding, g.source_type, g.source_path, g.quality_score,
       g.created_at, to_jsonb(g) - 'id' - 'creator_id' - 'embedding' - 'source_type'
           - 'source_path' - 'quality_score' - 'created_at', %(actor)s
FROM gone g
RETURNING id, creator_id

-- name: restore_references
-- Move retired references back under their own ids.
WITH back AS (
    DELETE FROM facereview.retired t WHERE t.id = ANY(%(references)s::int[]) RETURNING t.*)
INSERT INTO creator_face_embeddings
SELECT (jsonb_populate_record(NULL::creator_face_embeddings, b.rest || jsonb_build_object(
    'id', b.id, 'creator_id', b.creator_id, 'embedding', b.embedding::text,
    'source_type', b.source_type, 'source_path', b.source_path,
    'quality_score', b.quality_score, 'created_at', b.created_at))).*
FROM back b
RETURNING id, creator_id

-- name: lock_references
-- Whose these references are, locked so that two curators cannot move one.
SELECT id, creator_id FROM creator_face_embeddings
WHERE id = ANY(%(references)s::int[]) ORDER BY id FOR UPDATE

-- name: move_references
-- Give references to another creator.
UPDATE creator_face_embeddings SET creator_id = %(creator)s WHERE id = ANY(%(references)s::int[])

-- name: set_reference_source
-- Where the picture of a reference lies.
UPDATE creator_face_embeddings SET source_path = %(source_path)s WHERE id = %(reference)s

-- name: add_origin
-- Record who added a reference.
INSERT INTO facereview.reference_origin (reference_id, actor, detection_id, picture)
VALUES (%(reference)s, %(actor)s, %(detection)s, %(picture)s)
ON CONFLICT (reference_id) DO UPDATE
SET actor = excluded.actor, detection_id = excluded.detection_id, picture = excluded.picture,
    created_at = excluded.created_at

-- name: promoted_faces
-- Which of these faces a reference, live or retired, was made from.
SELECT o.detection_id FROM facereview.reference_origin o
WHERE o.detection_id = ANY(%(faces)s::int[])
  AND (EXISTS (SELECT FROM creator_face_embeddings r WHERE r.id = o.reference_id)
       OR EXISTS (SELECT FROM facereview.retired t WHERE t.id = o.reference_id))

-- name: decided_vectors
-- The faces of a creator that a person decided, the clearest first, for choosing references among
-- them: automatic matches are no evidence until somebody looked at them.
SELECT d.id, coalesce(nullif(d.quality_score, 'NaN'), 0) AS quality, d.embedding
FROM video_face_detections d
WHERE d.matched_creator_id = %(creator)s AND d.match_status IN ('matched', 'manual')
  AND vector_norm(d.embedding) > 0
  AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id)
  AND NOT (EXISTS (SELECT FROM facereview.check_face f WHERE f.detection_id = d.id)
           AND facereview.by_sample(d.id))
ORDER BY nullif(d.quality_score, 'NaN') DESC NULLS LAST, d.id
LIMIT %(limit)s

-- name: unchecked_of
-- How many automatic matches of a creator are unchecked.
SELECT count(*) FROM facereview.automatic a
JOIN video_face_detections d ON d.id = a.detection_id
WHERE d.matched_creator_id = %(creator)s AND d.match_status IN ('matched', 'manual')

-- -------------------------------------------------------------- checking automatic matches

-- name: unchecked_matches
-- Unchecked automatic matches with these creators, at most so many of each, least sure first: the
-- risk of its track, else the one it was settled at, else the similarity. doubtful: what is known
-- now would not settle it any more.
SELECT id, video_id, creator_id, batch_id, similarity, risk, doubtful FROM (
    SELECT d.id, d.video_id, d.matched_creator_id AS creator_id, a.batch_id,
           nullif(d.match_confidence, 'NaN') AS similarity, e.risk::float8 AS risk, e.doubtful,
           row_number() OVER (
               PARTITION BY d.matched_creator_id
               ORDER BY e.doubtful DESC, e.risk DESC, nullif(d.match_confidence, 'NaN') NULLS FIRST,
                        d.id) AS place
    FROM facereview.automatic a
    JOIN video_face_detections d ON d.id = a.detection_id
    LEFT JOIN facereview.settled s
           ON s.detection_id = d.id AND s.creator_id = d.matched_creator_id
    LEFT JOIN facereview.track_face f ON f.detection_id = d.id
    LEFT JOIN facereview.track t ON t.id = f.track_id AND t.judged_at IS NOT NULL
    CROSS JOIN LATERAL (
        SELECT CASE WHEN t.creator_id = d.matched_creator_id
                    THEN coalesce(t.risk, s.risk) ELSE s.risk END AS risk,
               s.error_rate IS NOT NULL AND t.id IS NOT NULL
                   AND (t.creator_id IS DISTINCT FROM d.matched_creator_id
                        OR coalesce(t.risk > s.error_rate * 1.000001, FALSE)) AS doubtful) e
    WHERE d.match_status = 'matched' AND d.matched_creator_id = ANY(%(creators)s::int[])) m
WHERE place <= %(limit)s ORDER BY creator_id, place

-- name: check_groups
-- The unchecked automatic matches of each creator in numbers.
SELECT d.matched_creator_id AS creator_id, count(*)::int AS size,
       count(DISTINCT d.video_id)::int AS videos,
       avg(nullif(d.match_confidence, 'NaN'))::float8 AS similarity,
       min(nullif(d.match_confidence, 'NaN'))::float8 AS worst,
       (count(*) FILTER (WHERE s.error_rate IS NOT NULL AND t.id IS NOT NULL
                           AND (t.creator_id IS DISTINCT FROM d.matched_creator_id
                                OR t.risk > s.error_rate * 1.000001)))::int AS doubtful
FROM facereview.automatic a
JOIN video_face_detections d ON d.id = a.detection_id
LEFT JOIN facereview.settled s ON s.detection_id = d.id AND s.creator_id = d.matched_creator_id
LEFT JOIN facereview.track_face f ON f.detection_id = d.id
LEFT JOIN facereview.track t ON t.id = f.track_id AND t.judged_at IS NOT NULL
WHERE d.match_status = 'matched'
  AND (%(creators)s::int[] IS NULL OR d.matched_creator_id = ANY(%(creators)s::int[]))
GROUP BY d.matched_creator_id

-- name: unchecked_number
-- How many automatic matches wait to be checked.
SELECT count(*) FROM facereview.automatic a
JOIN video_face_detections d ON d.id = a.detection_id
WHERE d.match_status = 'matched' AND d.matched_creator_id IS NOT NULL

-- name: matched_by_machine
-- How many faces of each of these creators the machine matched in runs that stand, checked or not.
SELECT d.after_creator_id AS creator_id, count(DISTINCT d.detection_id)::int AS faces
FROM facereview.batch b JOIN facereview.decision d ON d.batch_id = b.id
WHERE b.kind = 'automatic' AND (b.undone_by IS NULL OR facereview.stands(b.id))
  AND d.after_status = 'matched'
  AND d.after_creator_id = ANY(%(creators)s::int[])
GROUP BY d.after_creator_id

-- name: lock_check
-- One curator at a time draws a sample of a creator's matches.
SELECT pg_advisory_xact_lock(7221112, %(creator)s)

-- name: check_samples
-- The newest sample of each of these creators, or the one of this id, and what was found of its
-- faces up to now.
SELECT s.id, s.creator_id, s.population, s.drawn,
       (count(*) FILTER (WHERE f.place IS NOT NULL AND e.found = 'right'))::int AS "right",
       (count(*) FILTER (WHERE f.place IS NOT NULL AND e.found = 'wrong'))::int AS wrong,
       (count(*) FILTER (WHERE f.place IS NOT NULL AND e.found = 'waiting'))::int AS waiting,
       (count(*) FILTER (WHERE f.place IS NULL AND e.found = 'wrong'))::int AS wrong_beside,
       (count(*) FILTER (WHERE e.found = 'waiting'))::int AS unchecked
FROM facereview.check_sample s
JOIN facereview.check_face f ON f.sample_id = s.id
JOIN video_face_detections d ON d.id = f.detection_id
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id)
            THEN CASE WHEN d.matched_creator_id = s.creator_id THEN 'waiting' END
        WHEN d.match_status IN ('matched', 'manual') AND d.matched_creator_id = s.creator_id
            THEN 'right'
        WHEN d.match_status = 'rejected' OR d.match_status IN ('matched', 'manual')
            OR EXISTS (SELECT FROM facereview.verdict v
                       WHERE v.detection_id = d.id AND v.creator_id = s.creator_id)
            THEN 'wrong' END AS found) e
WHERE s.id = %(sample)s
   OR (s.creator_id = ANY(%(creators)s::int[])
       AND NOT EXISTS (SELECT FROM facereview.check_sample n
                       WHERE n.creator_id = s.creator_id AND n.id > s.id))
GROUP BY s.id

-- name: check_faces
-- The faces of a sample's population; drawn are those to be looked at.
SELECT detection_id AS id, place IS NOT NULL AS drawn
FROM facereview.check_face WHERE sample_id = %(sample)s

-- name: add_check_sample
INSERT INTO facereview.check_sample (creator_id, actor, population, drawn)
VALUES (%(creator)s, %(actor)s, cardinality(%(faces)s::int[]), cardinality(%(drawn)s::int[]))
RETURNING id

-- name: add_check_faces
INSERT INTO facereview.check_face (sample_id, detection_id, place)
SELECT %(sample)s, u.face, array_position(%(drawn)s::int[], u.face)
FROM unnest(%(faces)s::int[]) AS u(face)

-- ----------------------------------------------------------------------------- matching again

-- name: pending_matches
-- Pending faces with the suggestion they carry: all, those of these ids, or those that suggest
-- one of these creators. Absent values are 0 and -2, so that every row has one width.
SELECT d.id, d.video_id, d.frame_timestamp, coalesce(d.matched_creator_id, 0) AS creator_id,
       coalesce(nullif(d.match_confidence, 'NaN'), -2) AS confidence, d.embedding
FROM video_face_detections d
WHERE (d.match_status = 'pending' OR d.match_status IS NULL)
  AND (%(faces)s::int[] IS NULL OR d.id = ANY(%(faces)s::int[]))
  AND (%(creators)s::int[] IS NULL OR d.matched_creator_id = ANY(%(creators)s::int[]))

-- name: sampled_pending
-- As many pending faces as asked for, spread over the whole library and the same ones each time.
SELECT d.id, d.video_id, d.frame_timestamp, d.embedding
FROM video_face_detections d
WHERE d.id IN (SELECT id FROM video_face_detections
               WHERE match_status = 'pending' OR match_status IS NULL
               ORDER BY hashint4(id), id LIMIT %(limit)s)

-- name: automatic_matches
-- Unchecked automatic matches with these creators.
SELECT d.id, d.video_id, d.frame_timestamp, coalesce(d.matched_creator_id, 0) AS creator_id,
       coalesce(d.match_confidence, -2) AS confidence, d.embedding
FROM facereview.automatic a JOIN video_face_detections d ON d.id = a.detection_id
WHERE d.match_status = 'matched' AND d.matched_creator_id = ANY(%(creators)s::int[])

-- name: pending_suggesting
-- Pending faces that suggest one of these creators.
SELECT id FROM video_face_detections
WHERE (match_status = 'pending' OR match_status IS NULL)
  AND matched_creator_id = ANY(%(creators)s::int[])

-- name: pending_closer
-- Pending faces that are at least as close to one of these references as to what they carry.
SELECT DISTINCT d.id
FROM creator_face_embeddings r CROSS JOIN video_face_detections d
WHERE r.id = ANY(%(references)s::int[])
  AND (d.match_status = 'pending' OR d.match_status IS NULL)
  AND 1 - nullif(d.embedding <=> r.embedding, 'NaN')
      >= greatest(%(floor)s::float8, coalesce(nullif(d.match_confidence, 'NaN'), -2))

-- name: machine_undone
-- (face, creator) pairs of automatic matches that a curator undid and did not redo.
SELECT DISTINCT s.detection_id, s.after_creator_id
FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
WHERE s.detection_id = ANY(%(faces)s::int[]) AND b.kind = 'automatic'
  AND s.after_status = 'matched' AND b.undone_by IS NOT NULL AND NOT facereview.stands(b.id)

-- name: frame_rivals
-- Of these faces, those whose frame holds another face that is this creator, or more likely so.
SELECT n.id
FROM unnest(%(faces)s::int[], %(creators)s::int[], %(confidences)s::real[])
     AS n(id, creator_id, confidence)
JOIN video_face_detections d ON d.id = n.id
WHERE EXISTS (
    SELECT FROM video_face_detections o
    WHERE o.video_id = d.video_id AND o.id <> d.id AND o.matched_creator_id = n.creator_id
      AND abs(o.frame_timestamp - d.frame_timestamp) < 0.001
      AND (o.match_status IN ('matched', 'manual')
           OR (coalesce(o.match_status, 'pending') = 'pending'
               AND nullif(o.match_confidence, 'NaN') > n.confidence
               AND NOT o.id = ANY(%(faces)s::int[]))))

-- name: resuggest
-- Another suggestion, or none, on faces already locked and still pending.
UPDATE video_face_detections d
SET matched_creator_id = n.creator_id, match_confidence = nullif(n.confidence, 'NaN')
FROM unnest(%(faces)s::int[], %(creators)s::int[], %(confidences)s::real[])
     AS n(id, creator_id, confidence)
WHERE d.id = n.id AND (d.match_status = 'pending' OR d.match_status IS NULL)

-- name: faces_to_settle
-- Faces of videos that nobody but the machine decided, with what they carry: the suggestion of
-- pending ones, the creator of unchecked automatic matches. Absent values are 0 and -2.
SELECT d.id, coalesce(d.matched_creator_id, 0) AS creator,
       coalesce(nullif(d.match_confidence, 'NaN'), -2)::float4 AS confidence,
       (a.detection_id IS NOT NULL)::int AS automatic
FROM video_face_detections d LEFT JOIN facereview.automatic a ON a.detection_id = d.id
WHERE d.video_id = ANY(%(videos)s::int[])
  AND (d.match_status = 'pending' OR d.match_status IS NULL
       OR (d.match_status = 'matched' AND a.detection_id IS NOT NULL))
ORDER BY d.id

-- name: videos_to_settle
-- Videos with faces that nobody but the machine decided, and how many of these each has.
SELECT d.video_id AS id, count(*)::int AS faces
FROM video_face_detections d
WHERE d.match_status = 'pending' OR d.match_status IS NULL
   OR (d.match_status = 'matched'
       AND EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id))
GROUP BY 1 ORDER BY 1

-- name: videos_of_faces
-- The videos of faces.
SELECT DISTINCT video_id AS id FROM video_face_detections WHERE id = ANY(%(faces)s::int[]) ORDER BY 1

-- name: videos_naming
-- Videos with a track that the evidence gives to one of these creators, or next to one, and those
-- with faces that the machine matched with one.
SELECT t.video_id AS id FROM facereview.track t
WHERE t.creator_id = ANY(%(creators)s::int[]) OR t.rival_id = ANY(%(creators)s::int[])
UNION
SELECT d.video_id FROM facereview.automatic a JOIN video_face_detections d ON d.id = a.detection_id
WHERE d.matched_creator_id = ANY(%(creators)s::int[])
UNION
SELECT d.video_id FROM video_face_detections d
WHERE d.match_status = 'pending' AND d.matched_creator_id = ANY(%(creators)s::int[])

-- name: standing_templates
-- Every track with a template: its video, and from which similarity another creator would be
-- among its first two; and pending faces in no track, from which it might be suggested.
SELECT video_id AS video, coalesce(similarity - greatest(margin, 0), -1)::float4 AS least,
       template AS embedding
FROM facereview.track WHERE template IS NOT NULL
UNION ALL
SELECT d.video_id, greatest(coalesce(nullif(d.match_confidence, 'NaN'), 0), 0.2)::float4,
       d.embedding
FROM video_face_detections d
WHERE (d.match_status = 'pending' OR d.match_status IS NULL)
  AND NOT EXISTS (SELECT FROM facereview.track_face f WHERE f.detection_id = d.id)

-- name: refused_faces
-- Of these faces, those that a person said are not this creator, and those whose frame has another
-- face that is this creator already.
SELECT n.id
FROM unnest(%(faces)s::int[], %(creators)s::int[]) AS n(id, creator_id)
JOIN video_face_detections d ON d.id = n.id
WHERE EXISTS (
    SELECT FROM facereview.verdict v
    WHERE v.detection_id = n.id AND v.creator_id = n.creator_id)
OR EXISTS (
    SELECT FROM video_face_detections o
    WHERE o.video_id = d.video_id AND o.id <> d.id AND o.matched_creator_id = n.creator_id
      AND abs(o.frame_timestamp - d.frame_timestamp) < 0.001
      AND o.match_status IN ('matched', 'manual')
      AND NOT EXISTS (
          SELECT FROM facereview.mirror m
          WHERE (m.detection_id, m.other_id) IN ((d.id, o.id), (o.id, d.id))))

-- name: set_settled
-- What the machine settled, with the risk known now.
INSERT INTO facereview.settled
    (detection_id, batch_id, creator_id, risk, error_rate, calibration_id)
SELECT n.id, %(batch)s, n.creator_id, n.risk, %(error_rate)s, %(calibration)s
FROM unnest(%(faces)s::int[], %(creators)s::int[], %(risks)s::real[]) AS n(id, creator_id, risk)
ON CONFLICT (detection_id) DO UPDATE
SET batch_id = excluded.batch_id, creator_id = excluded.creator_id, risk = excluded.risk,
    error_rate = excluded.error_rate, calibration_id = excluded.calibration_id

-- name: forget_settled
-- These faces wait again.
DELETE FROM facereview.settled WHERE detection_id = ANY(%(faces)s::int[])

-- name: named_faces
-- Faces that people named, as evidence for later ones: of each creator the best few videos, the
-- best few faces of each. looked_at: a face named alone, not with others by one key. A match that
-- no decision made is a machine's, of whatever program; of one confirmed by a sample nobody knows.
WITH named AS (
    SELECT d.id, d.matched_creator_id AS creator, d.video_id AS video,
           nullif(d.quality_score, 'NaN') AS quality,
           CASE WHEN said.acts IS NULL THEN 1 ELSE said.alone::int END AS looked_at
    FROM video_face_detections d
    LEFT JOIN LATERAL (
        SELECT count(*) AS acts, bool_or(NOT EXISTS (
                   SELECT FROM facereview.decision o
                   WHERE o.batch_id = b.id AND o.detection_id <> d.id)) AS alone
        FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
        WHERE s.detection_id = d.id AND s.after_status IN ('matched', 'manual')
          AND b.kind NOT IN ('automatic', 'not_person', 'undo', 'redo')
          AND (b.undone_by IS NULL OR facereview.stands(b.id))
        HAVING count(*) > 0) said ON true
    WHERE d.match_status IN ('matched', 'manual')
      AND (%(creators)s::int[] IS NULL OR d.matched_creator_id = ANY(%(creators)s::int[]))
      AND vector_norm(d.embedding) > 0
      AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id)
      AND (d.match_status = 'manual' OR said.acts IS NOT NULL)
      AND NOT facereview.by_sample(d.id)
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY creator, video ORDER BY looked_at DESC,
                                 quality DESC NULLS LAST, id) AS place
    FROM named
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY creator, place ORDER BY looked_at DESC,
                                 quality DESC NULLS LAST, video) AS rank
    FROM placed WHERE place <= %(of_each)s
)
SELECT r.id, r.creator, r.video, r.looked_at, coalesce(r.quality, 'NaN')::float4 AS quality,
       d.embedding
FROM ranked r JOIN video_face_detections d ON d.id = r.id
WHERE EXISTS (SELECT FROM ranked f WHERE f.creator = r.creator AND f.video = r.video
              AND f.place = 1 AND f.rank <= %(most)s)
ORDER BY r.creator, r.video, r.place

-- name: present_creators
-- Creators whom people named in videos, and whom other programs tagged these with. A tag of
-- facereview's own comes from a face, and is no second sign of it. The videos' faces are read first:
-- after a run of automatic matching the planner takes few faces to be matched, and would read those
-- of the whole library.
WITH decided AS MATERIALIZED (
    SELECT d.id, d.video_id, d.matched_creator_id, d.match_status
    FROM video_face_detections d
    WHERE d.video_id = ANY(%(videos)s::int[]) AND d.matched_creator_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id))
SELECT video_id, creator_id, bool_or(named) AS named, bool_or(NOT named) AS tagged
FROM (
    SELECT d.video_id, d.matched_creator_id AS creator_id, true AS named
    FROM decided d
    WHERE d.match_status IN ('matched', 'manual') AND NOT facereview.by_sample(d.id)
      AND (d.match_status = 'manual' OR EXISTS (
          SELECT FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
          WHERE s.detection_id = d.id AND s.after_status IN ('matched', 'manual')
            AND b.kind NOT IN ('automatic', 'not_person', 'undo', 'redo')
            AND (b.undone_by IS NULL OR facereview.stands(b.id))))
    UNION ALL
    SELECT v.video_id, v.creator_id, false FROM video_creators v
    WHERE v.video_id = ANY(%(videos)s::int[])
      AND NOT EXISTS (SELECT FROM facereview.tag t
                      WHERE (t.video_id, t.creator_id) = (v.video_id, v.creator_id))
) s
GROUP BY 1, 2 ORDER BY 1, 2

-- name: tags_of_folders
-- With whom other programs tagged the videos of each folder, how many of how many. Of a folder of
-- more than 500 videos nothing is said.
WITH placed AS (
    SELECT id, regexp_replace(file_path, '[^/\\]*$', '') AS folder FROM videos
), sized AS (
    SELECT folder, count(*) AS videos FROM placed GROUP BY 1 HAVING count(*) BETWEEN 2 AND 500
)
SELECT p.folder, v.creator_id, count(*)::int AS tagged, z.videos::int AS videos
FROM video_creators v JOIN placed p ON p.id = v.video_id JOIN sized z USING (folder)
WHERE NOT EXISTS (SELECT FROM facereview.tag t
                  WHERE (t.video_id, t.creator_id) = (v.video_id, v.creator_id))
GROUP BY 1, 2, 4

-- name: people_changes
-- Differs after creators were merged, split or erased, and after that was undone.
SELECT count(*) + count(undone_at) FROM facereview.person_change

-- name: creators_decided_on
-- Creators whom people's acts behind "after", or those that were under way then, gave faces to or
-- took them from, or confirmed faces of.
SELECT DISTINCT x.creator_id AS id
FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id AND b.kind <> 'automatic',
     LATERAL (VALUES (s.before_creator_id), (s.after_creator_id)) AS x(creator_id)
WHERE (s.batch_id > %(after)s OR s.batch_id = ANY(%(open)s::bigint[]))
  AND x.creator_id IS NOT NULL

-- ------------------------------------------------------------------------------------- people

-- name: people
-- Every creator, or one, with counts: references, decided faces, unchecked automatic
-- matches, the videos of both, pending faces that suggest it, aliases, and the clearest reference
-- and face.
WITH refs AS (
    SELECT creator_id, count(*) AS n,
           (array_agg(id ORDER BY nullif(quality_score, 'NaN') DESC NULLS LAST, id))[1] AS best
    FROM creator_face_embeddings
    WHERE %(creator)s::int IS NULL OR creator_id = %(creator)s
    GROUP BY creator_id),
faces AS (
    SELECT matched_creator_id AS creator_id,
           count(*) FILTER (WHERE decided AND NOT unchecked) AS decided,
           count(*) FILTER (WHERE decided AND unchecked) AS unchecked,
           count(DISTINCT video_id) FILTER (WHERE decided) AS videos,
           count(*) FILTER (WHERE pending) AS likely,
           (array_agg(id ORDER BY nullif(quality_score, 'NaN') DESC NULLS LAST, id)
               FILTER (WHERE decided))[1] AS best
    FROM (SELECT id, video_id, matched_creator_id, quality_score,
                 match_status IN ('matched', 'manual') AS decided,
                 match_status = 'matched' AND detection_id IS NOT NULL AS unchecked,
                 coalesce(match_status, 'pending') = 'pending' AS pending
          FROM video_face_detections
          LEFT JOIN facereview.automatic ON detection_id = id
          WHERE matched_creator_id IS NOT NULL
            AND (%(creator)s::int IS NULL OR matched_creator_id = %(creator)s)) d
    GROUP BY matched_creator_id),
named AS (
    SELECT creator_id, array_agg(name ORDER BY lower(name), name) AS names
    FROM facereview.alias GROUP BY creator_id)
SELECT c.id, c.name, c.description, c.profile_picture_path, coalesce(r.n, 0) AS "references",
       coalesce(f.decided, 0) AS decided, coalesce(f.videos, 0) AS videos,
       coalesce(f.likely, 0) AS likely, n.names AS aliases, r.best AS best_reference,
       f.best AS best_face, coalesce(f.unchecked, 0) AS unchecked
FROM creators c
LEFT JOIN refs r ON r.creator_id = c.id
LEFT JOIN faces f ON f.creator_id = c.id
LEFT JOIN named n ON n.creator_id = c.id
WHERE %(creator)s::int IS NULL OR c.id = %(creator)s
ORDER BY lower(c.name), c.id

-- name: person_more
-- What only a creator's own page shows of it.
SELECT c.created_at,
       (SELECT count(*) FROM facereview.retired r WHERE r.creator_id = c.id) AS retired,
       (SELECT count(*) FROM facereview.verdict v WHERE v.creator_id = c.id) AS denied
FROM creators c WHERE c.id = %(creator)s

-- name: aliases
SELECT creator_id, name FROM facereview.alias ORDER BY creator_id, lower(name), name

-- name: add_alias
INSERT INTO facereview.alias (creator_id, name) VALUES (%(creator)s, %(name)s)
ON CONFLICT DO NOTHING

-- name: remove_alias
DELETE FROM facereview.alias WHERE creator_id = %(creator)s AND name = %(name)s

-- name: rename_creator
-- No row where the creator is gone; a name that is taken violates the table's constraint.
UPDATE creators SET name = %(name)s, updated_at = CURRENT_TIMESTAMP
WHERE id = %(creator)s
  AND NOT EXISTS (SELECT FROM creators o WHERE o.name = %(name)s AND o.id <> %(creator)s)
RETURNING id

-- name: log_rename
INSERT INTO facereview.person_change (actor, kind, creator_id, detail)
VALUES (%(actor)s, 'rename', %(creator)s,
        jsonb_build_object('before', %(before)s::text, 'after', %(after)s::text))

-- name: creators_by_id
SELECT id, name, description, profile_picture_path FROM creators
WHERE id = ANY(%(creators)s::int[])

-- name: describe_creator
UPDATE creators SET description = %(description)s, updated_at = CURRENT_TIMESTAMP
WHERE id = %(creator)s RETURNING id

-- name: set_profile_picture
UPDATE creators SET profile_picture_path = %(path)s, updated_at = CURRENT_TIMESTAMP
WHERE id = %(creator)s RETURNING id

-- name: creator_centres
-- Where each creator's references lie on average, with how many they are.
SELECT creator_id, avg(embedding) AS centre FROM creator_face_embeddings
GROUP BY creator_id ORDER BY creator_id

-- name: creator_pairs
-- The similarity of these pairs of creators: the cosine of the centres of their references and of
-- the two nearest references; pairs without references on both sides are absent.
SELECT p.first, p.second, 1 - (a.centre <=> b.centre) AS similarity,
       (SELECT 1 - min(nullif(x.embedding <=> y.embedding, 'NaN'))
        FROM creator_face_embeddings x, creator_face_embeddings y
        WHERE x.creator_id = p.first AND y.creator_id = p.second) AS closest
FROM unnest(%(firsts)s::int[], %(seconds)s::int[]) AS p(first, second)
CROSS JOIN LATERAL (SELECT avg(embedding) AS centre FROM creator_face_embeddings
                    WHERE creator_id = p.first) a
CROSS JOIN LATERAL (SELECT avg(embedding) AS centre FROM creator_face_embeddings
                    WHERE creator_id = p.second) b
WHERE a.centre <=> b.centre <> 'NaN'

-- name: creators_alike
-- Those of these pairs of creators whose references have centres at least this close.
WITH centres AS MATERIALIZED (
    SELECT creator_id, avg(embedding) AS centre FROM creator_face_embeddings
    WHERE creator_id = ANY(%(firsts)s::int[] || %(seconds)s::int[])
    GROUP BY creator_id)
SELECT DISTINCT p.first, p.second
FROM unnest(%(firsts)s::int[], %(seconds)s::int[]) AS p(first, second)
JOIN centres a ON a.creator_id = p.first
JOIN centres b ON b.creator_id = p.second
WHERE 1 - nullif(a.centre <=> b.centre, 'NaN') >= %(threshold)s::float8

-- name: decided_likeness
-- The decided faces of a creator with their embeddings, and the reference made of each.
SELECT d.id, coalesce((SELECT max(o.reference_id) FROM facereview.reference_origin o
                       WHERE o.detection_id = d.id), 0) AS reference_id, d.embedding
FROM video_face_detections d
WHERE d.matched_creator_id = %(creator)s AND d.match_status IN ('matched', 'manual')

-- name: creator_vectors
-- The references of one creator with their embeddings, but for those of zeros.
SELECT id, creator_id, embedding FROM creator_face_embeddings
WHERE creator_id = %(creator)s AND vector_norm(embedding) > 0 ORDER BY id

-- ------------------------------------------------------------- merging, splitting, taking it back

-- name: limit_waiting
-- Short time limits until the transaction ends: what a key asked for waits in the journal instead.
SELECT set_config('lock_timeout', %(lock)s, true) AS lock,
       set_config('statement_timeout', %(statement)s, true) AS statement

-- name: lock_people_shared
-- Shared lock of decisions, against merging, splitting and removing creators.
SELECT pg_advisory_xact_lock_shared(7221108)

-- name: lock_people
-- Exclusive lock for merging, splitting and removing creators, against decisions.
SELECT pg_advisory_xact_lock(7221108)

-- name: lock_faces_of
-- Every face that names these creators, locked in id order as decisions do.
SELECT id FROM video_face_detections
WHERE matched_creator_id = ANY(%(creators)s::int[]) ORDER BY id FOR UPDATE

-- name: lock_faces_moved
-- The faces that a change moved, locked in id order as decisions do.
SELECT d.id FROM video_face_detections d
WHERE d.id IN (SELECT id FROM facereview.person_move WHERE change_id = %(change)s AND what = 'face')
ORDER BY d.id FOR UPDATE

-- name: lock_creators
-- Creators in id order, so that nothing new can name them until the end of the transaction.
SELECT id, name FROM creators WHERE id = ANY(%(creators)s::int[]) ORDER BY id FOR UPDATE

-- name: merged_creators
-- Who was merged into whom and still is, through any chain of merges.
WITH RECURSIVE chain AS (
    SELECT other_id AS dropped, creator_id AS kept FROM facereview.person_change
    WHERE kind = 'merge' AND undone_at IS NULL
    UNION
    SELECT c.dropped, p.creator_id
    FROM chain c JOIN facereview.person_change p ON p.other_id = c.kept
    WHERE p.kind = 'merge' AND p.undone_at IS NULL)
SELECT c.dropped, c.kept FROM chain c
WHERE NOT EXISTS (SELECT FROM facereview.person_change p
                  WHERE p.other_id = c.kept AND p.kind = 'merge' AND p.undone_at IS NULL)

-- name: creator_standing
-- A creator, or the one it was merged into, through any chain of merges.
WITH RECURSIVE chain AS (
    SELECT %(creator)s::int AS id
    UNION
    SELECT p.creator_id FROM chain c JOIN facereview.person_change p ON p.other_id = c.id
    WHERE p.kind = 'merge' AND p.undone_at IS NULL)
SELECT c.id, c.name, c.description, c.profile_picture_path
FROM creators c JOIN chain USING (id)

-- name: former_ids
-- The ids under which a creator was ever logged: its own and those merged into it.
WITH RECURSIVE former AS (
    SELECT %(creator)s::int AS id
    UNION
    SELECT p.other_id FROM former f JOIN facereview.person_change p ON p.creator_id = f.id
    WHERE p.kind = 'merge' AND p.undone_at IS NULL)
SELECT id FROM former

-- name: add_person_change
-- Log a change; decisions logged from now on have an id above its mark.
INSERT INTO facereview.person_change (actor, kind, creator_id, other_id, detail, mark)
VALUES (%(actor)s, %(kind)s, %(creator)s, %(other)s, %(detail)s::jsonb,
        nextval(pg_get_serial_sequence('facereview.decision', 'id')))
RETURNING id

-- name: creator_row
-- A creator's row with every column, also those of other programs.
SELECT to_jsonb(c) AS whole FROM creators c WHERE c.id = %(creator)s

-- name: note_merge
-- Log what belongs to the removed creator, so that the merge can be undone.
INSERT INTO facereview.person_move (change_id, what, id, status, confidence, ours, added)
SELECT %(change)s::bigint, 'face', d.id, coalesce(d.match_status, 'pending'), d.match_confidence,
       NULL::boolean, NULL::boolean
FROM video_face_detections d WHERE d.matched_creator_id = %(drop)s
UNION ALL
SELECT %(change)s::bigint, 'reference', r.id, NULL, NULL, NULL, NULL
FROM creator_face_embeddings r WHERE r.creator_id = %(drop)s
UNION ALL
SELECT %(change)s::bigint, 'retired', r.id, NULL, NULL, NULL, NULL
FROM facereview.retired r WHERE r.creator_id = %(drop)s
UNION ALL
SELECT %(change)s::bigint, 'tag', v.video_id,
       CASE WHEN t.video_id IS NULL AND k.video_id IS NOT NULL THEN 'disowned' END, NULL,
       t.video_id IS NOT NULL, w.video_id IS NULL
FROM video_creators v
LEFT JOIN facereview.tag t ON (t.video_id, t.creator_id) = (v.video_id, v.creator_id)
LEFT JOIN video_creators w ON w.video_id = v.video_id AND w.creator_id = %(keep)s
LEFT JOIN facereview.tag k ON k.video_id = v.video_id AND k.creator_id = %(keep)s
WHERE v.creator_id = %(drop)s
UNION ALL
SELECT %(change)s::bigint, 'verdict', x.detection_id, NULL, NULL, NULL,
       y.detection_id IS NULL AND NOT (
           coalesce(d.match_status, 'pending') IN ('matched', 'manual')
           AND d.matched_creator_id IN (%(keep)s, %(drop)s))
FROM facereview.verdict x
JOIN video_face_detections d ON d.id = x.detection_id
LEFT JOIN facereview.verdict y ON y.detection_id = x.detection_id AND y.creator_id = %(keep)s
WHERE x.creator_id = %(drop)s

-- name: give_faces
-- Give the faces logged under a change to another creator; nothing else of them changes.
UPDATE video_face_detections d SET matched_creator_id = %(keep)s
FROM facereview.person_move m
WHERE m.change_id = %(change)s AND m.what = 'face' AND d.id = m.id

-- name: give_references
-- Move the references logged under a change from one creator to another.
UPDATE creator_face_embeddings r SET creator_id = %(to)s
FROM facereview.person_move m
WHERE m.change_id = %(change)s AND m.what IN ('reference', 'retired') AND r.id = m.id
  AND r.creator_id = %(from)s

-- name: give_retired
-- The same for retired ones; a reference may have been retired or restored meanwhile.
UPDATE facereview.retired r SET creator_id = %(to)s
FROM facereview.person_move m
WHERE m.change_id = %(change)s AND m.what IN ('reference', 'retired') AND r.id = m.id
  AND r.creator_id = %(from)s

-- name: merge_tags
-- Move tags of the removed creator to the remaining one; those of facereview stay facereview's,
-- and those of others stay theirs.
WITH tagged AS (
    INSERT INTO video_creators (video_id, creator_id)
    SELECT m.id, %(keep)s FROM facereview.person_move m
    WHERE m.change_id = %(change)s AND m.what = 'tag' AND m.added
    ON CONFLICT DO NOTHING),
disowned AS (
    DELETE FROM facereview.tag t USING facereview.person_move m
    WHERE m.change_id = %(change)s AND m.what = 'tag' AND m.status = 'disowned'
      AND t.video_id = m.id AND t.creator_id = %(keep)s)
SELECT 1

-- name: own_merged_tags
-- Record which of the tags that a merge made replace facereview's.
INSERT INTO facereview.tag (video_id, creator_id)
SELECT m.id, %(keep)s FROM facereview.person_move m
WHERE m.change_id = %(change)s AND m.what = 'tag' AND m.added AND m.ours
ON CONFLICT DO NOTHING

-- name: merge_verdicts
-- Verdicts on the removed creator hold for the remaining one too.
INSERT INTO facereview.verdict (detection_id, creator_id)
SELECT m.id, %(keep)s FROM facereview.person_move m
WHERE m.change_id = %(change)s AND m.what = 'verdict' AND m.added
ON CONFLICT DO NOTHING

-- name: fill_creator
-- Fill columns that the remaining creator lacks from the row of the removed one.
UPDATE creators
SET description = coalesce(description, %(description)s),
    profile_picture_path = coalesce(profile_picture_path, %(picture)s),
    updated_at = CURRENT_TIMESTAMP
WHERE id = %(creator)s

-- name: unfill_creator
-- Undo what came from another creator's row, where it was not changed since.
UPDATE creators
SET description = CASE WHEN %(description)s::text = description THEN NULL ELSE description END,
    profile_picture_path = CASE WHEN %(picture)s::text = profile_picture_path THEN NULL
                                ELSE profile_picture_path END,
    updated_at = CURRENT_TIMESTAMP
WHERE id = %(creator)s

-- name: remove_creator
DELETE FROM creators WHERE id = %(creator)s

-- name: standing_changes
-- Merges and splits that stand and can be undone, newest first: all, one, or those of a creator.
SELECT p.id AS change_id, p.kind, p.creator_id, p.other_id, p.detail, p.actor, p.created_at,
       count(m.id) FILTER (WHERE m.what = 'face') AS faces,
       count(m.id) FILTER (WHERE m.what IN ('reference', 'retired')) AS "references"
FROM facereview.person_change p
LEFT JOIN facereview.person_move m ON m.change_id = p.id
WHERE p.kind IN ('merge', 'split') AND p.undone_at IS NULL
  AND (%(change)s::bigint IS NULL OR p.id = %(change)s)
  AND (%(creator)s::int IS NULL OR %(creator)s IN (p.creator_id, p.other_id))
GROUP BY p.id ORDER BY p.id DESC LIMIT %(limit)s

-- name: mark_change_standing
-- A split that was undone stands again.
UPDATE facereview.person_change SET undone_at = NULL WHERE id = %(change)s

-- name: mark_change_undone
-- Nothing comes back when somebody undid it first.
UPDATE facereview.person_change SET undone_at = now()
WHERE id = %(change)s AND undone_at IS NULL RETURNING id

-- name: restore_creator
-- The complete row of a creator that was merged away.
INSERT INTO creators OVERRIDING SYSTEM VALUE
SELECT (jsonb_populate_record(NULL::creators, p.detail -> 'row')).*
FROM facereview.person_change p WHERE p.id = %(change)s

-- name: undone_merges_before
-- Merges that were made before a batch was written and are undone, the latest first.
SELECT p.id AS change_id, p.creator_id AS keep, p.other_id AS "drop" FROM facereview.person_change p
WHERE p.kind = 'merge' AND p.undone_at IS NOT NULL
  AND p.mark < (SELECT min(id) FROM facereview.decision WHERE batch_id = %(batch)s)
ORDER BY p.id DESC

-- name: told_apart
-- Which faces name the creator who stays only by a merge and are the other's by the log: now, or
-- as they were when a batch was written. Whose a face is was said by the last decision on it that
-- stood then. To take back a decision made before the merge is such a word; to take back one made
-- after it leads back to an earlier word. That a face is not some third person says nothing.
-- Without any word it is the other's if it is as the merge found it.
WITH asked AS (
    SELECT d.id, coalesce(d.match_status, 'pending') AS status, d.match_confidence AS confidence,
           NULL::bigint AS until
    FROM video_face_detections d
    WHERE %(batch)s::bigint IS NULL AND d.matched_creator_id = %(keep)s AND d.id IN (
        SELECT m.id FROM facereview.person_move m
        WHERE m.change_id = %(change)s AND m.what = 'face'
        UNION
        SELECT s.detection_id
        FROM facereview.person_change p JOIN facereview.decision s ON s.id > p.mark
        WHERE p.id = %(change)s AND s.after_creator_id = ANY(%(former)s::int[]))
    UNION ALL
    SELECT s.detection_id, s.before_status, s.before_confidence, s.id
    FROM facereview.decision s
    WHERE s.batch_id = %(batch)s AND s.detection_id = ANY(%(faces)s::int[]))
SELECT a.id FROM asked a
JOIN facereview.person_change p ON p.id = %(change)s
LEFT JOIN facereview.person_move m ON m.change_id = p.id AND m.what = 'face' AND m.id = a.id
LEFT JOIN LATERAL (
    SELECT s.id, s.after_creator_id = ANY(%(former)s::int[]) AS others
    FROM facereview.decision s
    JOIN facereview.batch b ON b.id = s.batch_id
    CROSS JOIN LATERAL (
        WITH RECURSIVE chain AS (
            SELECT b.id, b.kind, b.reverts
            UNION ALL
            SELECT o.id, o.kind, o.reverts FROM facereview.batch o JOIN chain c ON o.id = c.reverts)
        SELECT c.id, c.kind FROM chain c WHERE c.reverts IS NULL) act
    WHERE s.detection_id = a.id AND s.id > p.mark AND (a.until IS NULL OR s.id < a.until)
      AND NOT EXISTS (SELECT FROM facereview.decision u
                      WHERE u.batch_id = b.undone_by AND u.detection_id = s.detection_id
                        AND (a.until IS NULL OR u.id < a.until))
      AND (b.kind <> 'undo' OR EXISTS (
          SELECT FROM facereview.decision w
          WHERE w.batch_id = act.id AND w.detection_id = s.detection_id AND w.id < p.mark))
      AND NOT (act.kind = 'not_person'
               AND s.before_creator_id IS NOT DISTINCT FROM s.after_creator_id)
    ORDER BY s.id DESC LIMIT 1) l ON TRUE
WHERE CASE WHEN l.id IS NOT NULL THEN l.others
           ELSE a.status = m.status AND a.confidence IS NOT DISTINCT FROM m.confidence END

-- name: take_back_faces
-- Faces go back to the creator who was merged away, unless another program changed them just now.
UPDATE video_face_detections SET matched_creator_id = %(drop)s
WHERE id = ANY(%(faces)s::int[]) AND matched_creator_id = %(keep)s

-- name: faces_stayed
-- Faces that a merge moved and that still name the creator who stays.
SELECT d.id FROM facereview.person_move m JOIN video_face_detections d ON d.id = m.id
WHERE m.change_id = %(change)s AND m.what = 'face' AND d.matched_creator_id = %(keep)s
ORDER BY d.id

-- name: restore_tags
-- Tags that the creator had, where others made them or a decided face supports them.
INSERT INTO video_creators (video_id, creator_id)
SELECT m.id, %(drop)s::int FROM facereview.person_move m JOIN videos v ON v.id = m.id
WHERE m.change_id = %(change)s AND m.what = 'tag' AND NOT m.ours
UNION
SELECT d.video_id, %(drop)s::int FROM video_face_detections d
WHERE d.matched_creator_id = %(drop)s::int AND d.match_status IN ('matched', 'manual')
ON CONFLICT DO NOTHING

-- name: own_restored_tags
-- All of them are facereview's, except those that others made.
INSERT INTO facereview.tag (video_id, creator_id)
SELECT v.video_id, v.creator_id FROM video_creators v
WHERE v.creator_id = %(drop)s AND NOT EXISTS (
    SELECT FROM facereview.person_move m
    WHERE m.change_id = %(change)s AND m.what = 'tag' AND m.id = v.video_id AND NOT m.ours)
ON CONFLICT DO NOTHING

-- name: own_tags_again
-- Tags of the remaining creator that were facereview's before the merge, or came with it.
INSERT INTO facereview.tag (video_id, creator_id)
SELECT v.video_id, v.creator_id
FROM facereview.person_move m
JOIN video_creators v ON v.video_id = m.id AND v.creator_id = %(keep)s
WHERE m.change_id = %(change)s AND m.what = 'tag' AND (m.added OR m.status = 'disowned')
ON CONFLICT DO NOTHING

-- name: drop_bare_tags
-- facereview's tags of one creator that no decided face supports.
DELETE FROM video_creators v USING facereview.tag t
WHERE (v.video_id, v.creator_id) = (t.video_id, t.creator_id) AND v.creator_id = %(creator)s
  AND NOT EXISTS (SELECT FROM video_face_detections d
                  WHERE d.video_id = v.video_id AND d.matched_creator_id = v.creator_id
                    AND d.match_status IN ('matched', 'manual'))

-- name: restore_verdicts
INSERT INTO facereview.verdict (detection_id, creator_id)
SELECT m.id, %(drop)s FROM facereview.person_move m
JOIN video_face_detections d ON d.id = m.id
WHERE m.change_id = %(change)s AND m.what = 'verdict'
ON CONFLICT DO NOTHING

-- name: remove_merged_verdicts
DELETE FROM facereview.verdict v USING facereview.person_move m
WHERE m.change_id = %(change)s AND m.what = 'verdict' AND m.added
  AND v.detection_id = m.id AND v.creator_id = %(keep)s

-- name: references_made_of
-- References of a creator, live or retired, that were promoted from these faces.
INSERT INTO facereview.person_move (change_id, what, id)
SELECT %(change)s, 'reference', o.reference_id
FROM facereview.reference_origin o
WHERE o.detection_id = ANY(%(faces)s::int[])
  AND (EXISTS (SELECT FROM creator_face_embeddings r
               WHERE r.id = o.reference_id AND r.creator_id = %(creator)s)
       OR EXISTS (SELECT FROM facereview.retired r
                  WHERE r.id = o.reference_id AND r.creator_id = %(creator)s))
RETURNING id

-- name: note_faces
-- The faces that a split gives to another creator.
INSERT INTO facereview.person_move (change_id, what, id)
SELECT %(change)s, 'face', u.id FROM unnest(%(faces)s::int[]) AS u(id)

-- name: creator_holds
-- Whether a creator has faces or references, suggestions not counted. Faces set aside keep the id
-- of a creator merged since.
SELECT EXISTS (SELECT FROM video_face_detections
               WHERE matched_creator_id = %(creator)s AND match_status IN ('matched', 'manual'))
    OR EXISTS (SELECT FROM creator_face_embeddings WHERE creator_id = %(creator)s)
    OR EXISTS (SELECT FROM facereview.retired WHERE creator_id = %(creator)s)
    OR EXISTS (SELECT FROM video_creators WHERE creator_id = %(creator)s)
    OR EXISTS (SELECT FROM facereview.alias WHERE creator_id = %(creator)s)
    OR EXISTS (SELECT FROM facereview.aside a
               WHERE a.creator_id = ANY(%(former)s::int[])
                 AND a.face ->> 'match_status' IN ('matched', 'manual'))

-- name: tags_of
-- How many videos carry a creator's tag, and how many of these tags others made.
SELECT count(*) AS tags, count(*) FILTER (WHERE t.video_id IS NULL) AS others
FROM video_creators v
LEFT JOIN facereview.tag t ON (t.video_id, t.creator_id) = (v.video_id, v.creator_id)
WHERE v.creator_id = %(creator)s

-- name: shared_videos
-- Videos with decided faces of both creators.
SELECT count(*) FROM (
    SELECT video_id FROM video_face_detections
    WHERE matched_creator_id = %(keep)s AND match_status IN ('matched', 'manual')
    INTERSECT
    SELECT video_id FROM video_face_detections
    WHERE matched_creator_id = %(drop)s AND match_status IN ('matched', 'manual')) v

-- name: denied_of_each_other
-- Decided faces of one creator that somebody said are not the other.
SELECT d.id FROM video_face_detections d JOIN facereview.verdict v ON v.detection_id = d.id
WHERE d.match_status IN ('matched', 'manual')
  AND ((d.matched_creator_id = %(keep)s AND v.creator_id = %(drop)s)
       OR (d.matched_creator_id = %(drop)s AND v.creator_id = %(keep)s))
ORDER BY d.id

-- name: together_in_frame
-- Decided faces of two creators in one frame, a pair a row.
SELECT a.id AS kept, b.id AS dropped
FROM video_face_detections a
JOIN video_face_detections b ON b.video_id = a.video_id AND b.frame_timestamp = a.frame_timestamp
WHERE a.matched_creator_id = %(keep)s AND a.match_status IN ('matched', 'manual')
  AND b.matched_creator_id = %(drop)s AND b.match_status IN ('matched', 'manual')
ORDER BY a.id, b.id

-- ------------------------------------------------------------------------ deleting and erasing

-- name: forget_faces
-- Set decided faces of a creator to pending, and remove suggestions of it.
WITH mine AS (
    UPDATE video_face_detections
    SET matched_creator_id = NULL, match_confidence = NULL,
        match_status = CASE WHEN match_status IN ('matched', 'manual') THEN 'pending'
                            ELSE match_status END
    WHERE matched_creator_id = %(creator)s
    RETURNING id)
DELETE FROM facereview.automatic a USING mine WHERE a.detection_id = mine.id

-- name: note_forgotten
-- Log which faces were decided for a creator, with their state.
INSERT INTO facereview.person_move (change_id, what, id, status, confidence)
SELECT %(change)s, 'face', id, match_status, match_confidence
FROM video_face_detections
WHERE matched_creator_id = %(creator)s AND match_status IN ('matched', 'manual')

-- name: decided_of
-- The decided faces of a creator, each with its video.
SELECT id, video_id FROM video_face_detections
WHERE matched_creator_id = %(creator)s AND match_status IN ('matched', 'manual') ORDER BY id

-- name: all_references_of
-- A creator's references, live and retired, with where their pictures came from.
SELECT id, source_type, source_path FROM creator_face_embeddings WHERE creator_id = %(creator)s
UNION ALL
SELECT id, source_type, source_path FROM facereview.retired WHERE creator_id = %(creator)s
UNION ALL
SELECT id, source_type, source_path FROM facereview.withdrawn WHERE creator_id = %(creator)s

-- name: ids_of_person
-- The ids under which a person was ever logged: the creator's own, those merged into it, and those
-- of splits that were undone.
WITH RECURSIVE former AS (
    SELECT %(creator)s::int AS id
    UNION
    SELECT p.other_id FROM former f JOIN facereview.person_change p ON p.creator_id = f.id
    WHERE (p.kind = 'merge' AND p.undone_at IS NULL)
       OR (p.kind = 'split' AND p.undone_at IS NOT NULL
           AND NOT EXISTS (SELECT FROM creators c WHERE c.id = p.other_id)
           AND NOT EXISTS (SELECT FROM facereview.person_change m
                           WHERE m.kind = 'merge' AND m.undone_at IS NULL
                             AND m.other_id = p.other_id)))
SELECT id FROM former

-- name: references_elsewhere
-- References of other creators, live or retired, that were made of these faces.
SELECT r.id, r.creator_id, r.live FROM facereview.reference_origin o
JOIN (SELECT id, creator_id, TRUE AS live FROM creator_face_embeddings
      UNION ALL SELECT id, creator_id, FALSE FROM facereview.retired
      UNION ALL SELECT id, creator_id, FALSE FROM facereview.withdrawn) r ON r.id = o.reference_id
WHERE o.detection_id = ANY(%(faces)s::int[]) AND r.creator_id <> %(creator)s ORDER BY r.id

-- name: clusters_with
-- The clusters that these faces are in, or were taken out of.
SELECT cluster_id AS id FROM facereview.membership
WHERE detection_id = ANY(%(faces)s::int[]) AND cluster_id IS NOT NULL
UNION
SELECT cluster_id FROM facereview.apart WHERE detection_id = ANY(%(faces)s::int[])

-- name: measure_clusters
-- The centres of these clusters, of the pending faces they have now; none where they have none.
UPDATE facereview.cluster c SET centre = (
    SELECT l2_normalize(avg(d.embedding))
    FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id
    WHERE m.cluster_id = c.id AND (d.match_status = 'pending' OR d.match_status IS NULL))
WHERE c.id = ANY(%(clusters)s::bigint[])

-- name: bare_centres
-- How many of these clusters have a centre without a pending face.
SELECT count(*) FROM facereview.cluster c
WHERE c.id = ANY(%(clusters)s::bigint[]) AND c.centre IS NOT NULL AND NOT EXISTS (
    SELECT FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id
    WHERE m.cluster_id = c.id AND (d.match_status = 'pending' OR d.match_status IS NULL))

-- name: remove_references
DELETE FROM creator_face_embeddings WHERE id = ANY(%(references)s::int[])

-- name: remove_retired
DELETE FROM facereview.retired WHERE id = ANY(%(references)s::int[])

-- name: remove_withdrawn
DELETE FROM facereview.withdrawn
WHERE id = ANY(%(references)s::int[]) OR creator_id = ANY(%(creators)s::int[])

-- name: remove_faces
DELETE FROM video_face_detections WHERE id = ANY(%(faces)s::int[])

-- name: aside_of_person
-- Decided faces of a person that are set aside, each with the video now at its film's path.
SELECT a.detection_id AS id, r.video_id
FROM facereview.aside a JOIN facereview.replaced r ON r.id = a.replaced_id
WHERE a.creator_id = ANY(%(ids)s::int[]) AND a.face ->> 'match_status' IN ('matched', 'manual')
ORDER BY 1

-- name: remove_aside
DELETE FROM facereview.aside WHERE detection_id = ANY(%(faces)s::int[])

-- name: forget_denied_aside
-- Whom faces set aside do not show, and whom pending ones of them suggested.
UPDATE facereview.aside a
SET denied = coalesce((SELECT jsonb_agg(d) FROM jsonb_array_elements(a.denied) AS d
                       WHERE d::int <> ALL(%(ids)s::int[])), '[]'),
    creator_id = CASE WHEN a.creator_id = ANY(%(ids)s::int[]) THEN NULL ELSE a.creator_id END
WHERE a.creator_id = ANY(%(ids)s::int[])
   OR EXISTS (SELECT FROM jsonb_array_elements(a.denied) AS d WHERE d::int = ANY(%(ids)s::int[]))

-- name: remove_origins
-- Remove who added these references, and which faces they or others were made of.
DELETE FROM facereview.reference_origin
WHERE reference_id = ANY(%(references)s::int[]) OR detection_id = ANY(%(faces)s::int[])

-- name: log_rows_of
-- How many rows of the log name a creator under any of its ids, and how many changes do so or
-- spell one of its names: of these, only such as nobody can undo.
SELECT (SELECT count(*) FROM facereview.decision
        WHERE before_creator_id = ANY(%(ids)s::int[]) OR after_creator_id = ANY(%(ids)s::int[])
           OR denied = ANY(%(ids)s::int[])) AS decisions,
       (SELECT count(*) FROM facereview.person_change
        WHERE creator_id = ANY(%(ids)s::int[]) OR other_id = ANY(%(ids)s::int[])
           OR ((undone_at IS NOT NULL OR kind IN ('rename', 'delete')) AND EXISTS (
               SELECT FROM jsonb_path_query(detail, '$.**') AS part
               WHERE jsonb_typeof(part) = 'string'
                 AND part #>> '{}' = ANY(%(names)s::text[])))) AS changes

-- name: forget_in_decisions
-- Remove the creator from the log of decisions: 0 is the id of no creator.
UPDATE facereview.decision
SET before_creator_id = CASE WHEN before_creator_id = ANY(%(ids)s::int[]) THEN 0
                             ELSE before_creator_id END,
    after_creator_id = CASE WHEN after_creator_id = ANY(%(ids)s::int[]) THEN 0
                            ELSE after_creator_id END,
    denied = CASE WHEN denied = ANY(%(ids)s::int[]) THEN 0 ELSE denied END
WHERE before_creator_id = ANY(%(ids)s::int[]) OR after_creator_id = ANY(%(ids)s::int[])
   OR denied = ANY(%(ids)s::int[])

-- name: forget_conflicts
DELETE FROM facereview.conflict
WHERE creator_id = ANY(%(ids)s::int[]) OR name = ANY(%(names)s::text[])

-- name: forget_in_batches
-- Remove creators and names from acts, which cannot be undone afterwards.
UPDATE facereview.batch
SET creator_id = CASE WHEN creator_id = ANY(%(ids)s::int[]) THEN 0 ELSE creator_id END,
    detail = detail - 'names'
WHERE creator_id = ANY(%(ids)s::int[]) OR detail -> 'names' ?| %(names)s::text[]

-- name: forget_row_changes
-- What acts changed of an erased person, or that spells one of its names.
DELETE FROM facereview.row_change r
WHERE (r.subject = 'creator' AND coalesce((r.after ->> 'id')::int, (r.before ->> 'id')::int)
           = ANY(%(ids)s::int[]))
   OR (r.before ->> 'creator_id')::int = ANY(%(ids)s::int[])
   OR (r.after ->> 'creator_id')::int = ANY(%(ids)s::int[])
   OR (r.before ->> 'other_id')::int = ANY(%(ids)s::int[]) AND r.subject = 'change'
   OR (r.after ->> 'other_id')::int = ANY(%(ids)s::int[]) AND r.subject = 'change'
   OR r.before ->> 'name' = ANY(%(names)s::text[]) OR r.after ->> 'name' = ANY(%(names)s::text[])

-- name: row_changes_about
-- How many changes of acts, and acts, still spell one of these names or name these creators.
SELECT (SELECT count(*) FROM facereview.row_change r
        WHERE (r.subject = 'creator' AND coalesce((r.after ->> 'id')::int, (r.before ->> 'id')::int)
                   = ANY(%(ids)s::int[]))
           OR (r.before ->> 'creator_id')::int = ANY(%(ids)s::int[])
           OR (r.after ->> 'creator_id')::int = ANY(%(ids)s::int[])
           OR r.before ->> 'name' = ANY(%(names)s::text[])
           OR r.after ->> 'name' = ANY(%(names)s::text[]))
     + (SELECT count(*) FROM facereview.batch WHERE detail -> 'names' ?| %(names)s::text[])

-- name: forget_changes
-- Merges, splits and names of an erased person, with all they moved; and ended ones of others that
-- contain one of the names.
DELETE FROM facereview.person_change
WHERE creator_id = ANY(%(ids)s::int[]) OR other_id = ANY(%(ids)s::int[])
   OR ((undone_at IS NOT NULL OR kind IN ('rename', 'delete')) AND EXISTS (
       SELECT FROM jsonb_path_query(detail, '$.**') AS part
       WHERE jsonb_typeof(part) = 'string' AND part #>> '{}' = ANY(%(names)s::text[])))

-- name: remnants
-- Statements that count what still names any of these creators, faces or references, one for
-- each column for such ids in whatever table of the database, also in those of other programs.
SELECT format('%%s.%%s', n.nspname, c.relname) AS place,
       format('SELECT count(*) FROM %%I.%%I WHERE %%I = ANY(%%L::bigint[])',
              n.nspname, c.relname, a.attname,
              CASE WHEN a.attname LIKE '%%creator%%' OR a.attname IN ('rival_id', 'denied')
                        OR (a.attname = 'other_id' AND c.relname = 'person_change')
                        OR c.oid = 'public.creators'::regclass THEN %(ids)s::bigint[]
                   WHEN a.attname = 'reference_id'
                        OR c.oid IN ('public.creator_face_embeddings'::regclass,
                                     'facereview.retired'::regclass,
                                     'facereview.withdrawn'::regclass)
                   THEN %(references)s::bigint[]
                   ELSE %(faces)s::bigint[] END) AS statement
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'facereview')
  AND has_table_privilege(c.oid, 'SELECT') AND NOT a.attisdropped
  AND a.atttypid IN ('int4'::regtype, 'int8'::regtype)
  AND (a.attname LIKE '%%creator_id'
       OR (n.nspname = 'facereview'
           AND a.attname IN ('other_id', 'rival_id', 'denied', 'reference_id'))
       OR (a.attname LIKE '%%detection_id' AND c.oid <> 'facereview.decision'::regclass)
       OR (a.attname = 'id' AND c.oid IN (
           'public.creators'::regclass, 'public.creator_face_embeddings'::regclass,
           'facereview.retired'::regclass, 'facereview.withdrawn'::regclass,
           'public.video_face_detections'::regclass)))
ORDER BY n.nspname, c.relname, a.attname

-- name: cluster_scope
-- How many faces are pending, how many of them are new, and how many are single.
SELECT count(*)::int AS pending, (count(*) FILTER (WHERE m.detection_id IS NULL))::int AS waiting,
       (count(*) FILTER (WHERE m.detection_id IS NOT NULL AND m.cluster_id IS NULL))::int AS single
FROM video_face_detections d LEFT JOIN facereview.membership m ON m.detection_id = d.id
WHERE d.match_status = 'pending' OR d.match_status IS NULL

-- name: cluster_counts
-- How many pending faces are in how many clusters, and how many are single.
SELECT count(*)::int AS faces, count(DISTINCT m.cluster_id)::int AS clusters,
       (count(*) FILTER (WHERE m.cluster_id IS NULL))::int AS single
FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id
WHERE d.match_status = 'pending' OR d.match_status IS NULL

-- ------------------------------------------------------------------------------------ insight

-- name: pending_changes
-- By how much the number of pending faces grew (or shrank) each day, by the log and by when faces
-- came; NULL: nobody knows when. Faces that are gone count on no day.
WITH began AS (
    SELECT DISTINCT ON (l.detection_id) l.detection_id, l.before_status
    FROM facereview.decision l ORDER BY l.detection_id, l.id),
change AS (
    SELECT b.created_at::date AS day,
           (l.after_status = 'pending')::int - (l.before_status = 'pending')::int AS faces
    FROM facereview.decision l
    JOIN facereview.batch b ON b.id = l.batch_id
    JOIN video_face_detections d ON d.id = l.detection_id
    UNION ALL
    SELECT d.created_at::date,
           (coalesce(n.before_status, d.match_status, 'pending') = 'pending')::int
    FROM video_face_detections d LEFT JOIN began n ON n.detection_id = d.id)
SELECT day, sum(faces)::int AS faces FROM change GROUP BY day ORDER BY day NULLS FIRST

-- name: curator_days
-- Faces that each curator settled each day by decisions that stand, by display name, and the
-- minutes in which there was at least one of them. A face that somebody settled several times
-- counts once, on the last day.
WITH done AS (
    SELECT coalesce(b.detail->>'curator', b.actor) AS who, b.created_at, l.detection_id, l.id
    FROM facereview.batch b JOIN facereview.decision l ON l.batch_id = b.id
    WHERE (b.kind IN ('accept', 'assign', 'reject')
           OR (b.kind = 'confirm' AND l.before_automatic IS NOT NULL))
      AND (b.undone_by IS NULL OR facereview.stands(b.id))),
last AS (
    SELECT DISTINCT ON (who, detection_id) id FROM done ORDER BY who, detection_id, id DESC)
SELECT d.who, d.created_at::date AS day, count(l.id)::int AS faces,
       count(DISTINCT date_trunc('minute', d.created_at))::int AS minutes
FROM done d LEFT JOIN last l ON l.id = d.id
GROUP BY 1, 2 ORDER BY 2, 1

-- name: faces_settled_by
-- The faces that are counted there of one curator, as far as they are in the library.
SELECT detection_id AS id FROM (
    SELECT DISTINCT ON (l.detection_id) l.detection_id, l.id, b.created_at::date AS day
    FROM facereview.batch b
    JOIN facereview.decision l ON l.batch_id = b.id
    JOIN video_face_detections d ON d.id = l.detection_id
    WHERE coalesce(b.detail->>'curator', b.actor) = %(who)s
      AND (b.kind IN ('accept', 'assign', 'reject')
           OR (b.kind = 'confirm' AND l.before_automatic IS NOT NULL))
      AND (b.undone_by IS NULL OR facereview.stands(b.id))
    ORDER BY l.detection_id, l.id DESC) done
WHERE day BETWEEN coalesce(%(since)s::date, '-infinity') AND coalesce(%(until)s::date, 'infinity')
ORDER BY done.id DESC

-- name: faces_pending_on
-- Faces that were pending at the end of a day: by their last decision until then, else by what the
-- first one after it found. A face without any is as it always was.
SELECT d.id FROM video_face_detections d
LEFT JOIN (
    SELECT DISTINCT ON (l.detection_id) l.detection_id, l.after_status
    FROM facereview.decision l JOIN facereview.batch b ON b.id = l.batch_id
    WHERE b.created_at::date <= %(day)s::date
    ORDER BY l.detection_id, l.id DESC) before ON before.detection_id = d.id
LEFT JOIN (
    SELECT DISTINCT ON (l.detection_id) l.detection_id, l.before_status
    FROM facereview.decision l JOIN facereview.batch b ON b.id = l.batch_id
    WHERE b.created_at::date > %(day)s::date
    ORDER BY l.detection_id, l.id) later ON later.detection_id = d.id
WHERE (d.created_at IS NULL OR d.created_at::date <= %(day)s::date)
  AND coalesce(before.after_status, later.before_status, d.match_status, 'pending') = 'pending'
ORDER BY d.video_id, d.frame_timestamp, d.bbox_x, d.id

-- name: faces_of_state
SELECT id FROM video_face_detections WHERE coalesce(match_status, 'pending') = %(status)s
ORDER BY video_id, frame_timestamp, bbox_x, id

-- name: unnamed_faces
SELECT count(*) FROM video_face_detections
WHERE coalesce(match_status, 'pending') = 'pending' AND matched_creator_id IS NULL

-- name: creator_counts
-- Every creator with its references and its faces in numbers; the risk of a face is that of
-- faces_of_creator.
WITH refs AS (
    SELECT creator_id, count(*)::int AS n, avg(nullif(quality_score, 'NaN'))::float8 AS quality,
           max(created_at)::date AS newest, min(created_at)::date AS oldest
    FROM creator_face_embeddings GROUP BY creator_id),
face AS (
    SELECT d.matched_creator_id AS creator_id, d.video_id,
           coalesce(d.match_status, 'pending') = 'pending' AS pending,
           a.detection_id IS NOT NULL AND d.match_status = 'matched' AS unchecked,
           CASE WHEN d.match_status = 'manual' OR d.match_status = 'matched'
                     AND a.detection_id IS NULL THEN NULL
                WHEN t.id IS NULL THEN s.risk
                WHEN t.creator_id = d.matched_creator_id THEN coalesce(t.risk, s.risk)
                WHEN t.creator_id IS NOT NULL THEN greatest(s.risk, 1 - t.risk) END AS risk
    FROM video_face_detections d
    LEFT JOIN facereview.automatic a ON a.detection_id = d.id
    LEFT JOIN facereview.settled s
        ON s.detection_id = d.id AND s.creator_id = d.matched_creator_id
    LEFT JOIN facereview.track_face f ON f.detection_id = d.id
    LEFT JOIN facereview.track t ON t.id = f.track_id AND t.judged_at IS NOT NULL
    WHERE d.matched_creator_id IS NOT NULL
      AND coalesce(d.match_status, 'pending') IN ('pending', 'matched', 'manual')),
faces AS (
    SELECT creator_id, (count(*) FILTER (WHERE NOT pending AND NOT unchecked))::int AS decided,
           (count(*) FILTER (WHERE unchecked))::int AS unchecked,
           (count(*) FILTER (WHERE pending))::int AS suggested,
           (count(DISTINCT video_id) FILTER (WHERE NOT pending))::int AS videos,
           count(risk)::int AS known, avg(risk)::float8 AS risk
    FROM face GROUP BY creator_id)
SELECT c.id, c.name, coalesce(r.n, 0) AS "references", r.quality, r.newest, r.oldest,
       coalesce(f.decided, 0) AS decided, coalesce(f.unchecked, 0) AS unchecked,
       coalesce(f.suggested, 0) AS suggested, coalesce(f.videos, 0) AS videos,
       coalesce(f.known, 0) AS known, f.risk
FROM creators c
LEFT JOIN refs r ON r.creator_id = c.id
LEFT JOIN faces f ON f.creator_id = c.id
ORDER BY lower(c.name), c.id

-- name: faces_of_creator
-- Faces that carry or suggest the name of a creator, or any name, the highest risk first: that of
-- the track as it was judged last, else that with which the face was settled.
SELECT d.id FROM (
    SELECT d.id, d.video_id, d.frame_timestamp,
           CASE WHEN coalesce(d.match_status, 'pending') = 'pending' THEN 'suggested'
                WHEN d.match_status = 'matched' AND a.detection_id IS NOT NULL THEN 'unchecked'
                WHEN d.match_status IN ('matched', 'manual') THEN 'decided' END AS part,
           CASE WHEN t.id IS NULL THEN s.risk
                WHEN t.creator_id = d.matched_creator_id THEN coalesce(t.risk, s.risk)
                WHEN t.creator_id IS NOT NULL THEN greatest(s.risk, 1 - t.risk) END AS risk
    FROM video_face_detections d
    LEFT JOIN facereview.automatic a ON a.detection_id = d.id
    LEFT JOIN facereview.settled s
        ON s.detection_id = d.id AND s.creator_id = d.matched_creator_id
    LEFT JOIN facereview.track_face f ON f.detection_id = d.id
    LEFT JOIN facereview.track t ON t.id = f.track_id AND t.judged_at IS NOT NULL
    WHERE d.matched_creator_id IS NOT NULL
      AND (%(creator)s::int IS NULL OR d.matched_creator_id = %(creator)s)) d
WHERE d.part = ANY(%(parts)s::text[]) AND (d.risk IS NOT NULL OR NOT %(known)s)
ORDER BY d.risk DESC NULLS LAST, d.video_id, d.frame_timestamp, d.id

-- name: tagged_videos
-- Videos, those that a creator is tagged in, and those of them that were tagged by others.
SELECT (SELECT count(*) FROM videos)::int AS videos,
       count(DISTINCT c.video_id)::int AS tagged,
       (count(DISTINCT c.video_id) FILTER (WHERE t.video_id IS NULL))::int AS by_others
FROM video_creators c
LEFT JOIN facereview.tag t ON t.video_id = c.video_id AND t.creator_id = c.creator_id

-- name: unchecked_known
-- Automatic matches that nobody checked, and how many of them unseen_names gives a risk.
SELECT count(*)::int AS unchecked, count(CASE
           WHEN t.id IS NULL THEN s.risk
           WHEN t.creator_id = d.matched_creator_id THEN coalesce(t.risk, s.risk)
           WHEN t.creator_id IS NOT NULL THEN greatest(s.risk, 1 - t.risk) END)::int AS known
FROM facereview.automatic a
JOIN video_face_detections d ON d.id = a.detection_id AND d.match_status = 'matched'
LEFT JOIN facereview.settled s
    ON s.detection_id = a.detection_id AND s.creator_id = d.matched_creator_id
LEFT JOIN facereview.track_face f ON f.detection_id = a.detection_id
LEFT JOIN facereview.track t ON t.id = f.track_id AND t.judged_at IS NOT NULL

-- name: said_faces
-- Faces of videos of which people said who they are (0: a stranger or no face), or only who they are
-- not (-1). Of one that a sample stood for nobody knows, nor of another program's match, nor who
-- one is that cannot be used.
WITH said AS (
    SELECT d.id, d.video_id AS video,
           CASE WHEN facereview.by_sample(d.id) THEN NULL
                WHEN d.match_status = 'manual' THEN d.matched_creator_id
                WHEN d.match_status = 'matched'
                     AND NOT EXISTS (SELECT FROM facereview.automatic a
                                     WHERE a.detection_id = d.id)
                     AND EXISTS (
                    SELECT FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
                    WHERE s.detection_id = d.id AND s.after_status IN ('matched', 'manual')
                      AND b.kind NOT IN ('automatic', 'not_person', 'undo', 'redo')
                      AND (b.undone_by IS NULL OR facereview.stands(b.id)))
                THEN d.matched_creator_id
                WHEN d.match_status = 'rejected' AND (
                    SELECT b.reason = 'unusable'
                    FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
                    WHERE s.detection_id = d.id AND s.after_status = 'rejected'
                      AND b.reason IS NOT NULL
                      AND (b.undone_by IS NULL OR facereview.stands(b.id))
                    ORDER BY s.id DESC LIMIT 1) IS NOT TRUE
                THEN 0 END AS creator,
           d.frame_timestamp::float8 AS timestamp, d.embedding
    FROM video_face_detections d
    WHERE d.video_id = ANY(%(videos)s::int[])
      AND (d.match_status IN ('manual', 'matched', 'rejected')
           OR EXISTS (SELECT FROM facereview.verdict v WHERE v.detection_id = d.id)))
SELECT id, video, coalesce(creator, -1)::int4 AS creator, timestamp, embedding
FROM said
WHERE creator IS NOT NULL OR EXISTS (SELECT FROM facereview.verdict v WHERE v.detection_id = said.id)
ORDER BY id

-- name: reference_videos
-- The video of each reference that was made of a face of one.
SELECT o.reference_id AS id, d.video_id
FROM facereview.reference_origin o
JOIN video_face_detections d ON d.id = o.detection_id
JOIN creator_face_embeddings r ON r.id = o.reference_id

-- --------------------------------------------------------------------------------- questions

-- name: open_faces
-- Every pending face with what is suggested for it: by its cluster, and by its track, with the risk
-- of that, unless the face does not go with its track. looked: it was compared with the others.
SELECT d.id, d.video_id AS video, d.frame_timestamp::float8 AS timestamp,
       coalesce(m.cluster_id, 0) AS cluster, coalesce(f.track_id, 0) AS track,
       coalesce(c.creator_id, 0) AS suggested, coalesce(c.margin, 'NaN')::float8 AS margin,
       coalesce(m.agrees, FALSE)::int AS agrees,
       CASE WHEN t.risk IS NULL OR d.id = ANY(t.unlike) THEN 0
            ELSE coalesce(t.creator_id, 0) END AS named,
       coalesce(t.risk, 'NaN')::float8 AS risk, (m.detection_id IS NOT NULL)::int AS looked,
       (c.postponed_at IS NOT NULL)::int AS postponed
FROM video_face_detections d
LEFT JOIN facereview.membership m ON m.detection_id = d.id
LEFT JOIN facereview.cluster c ON c.id = m.cluster_id
LEFT JOIN facereview.track_face f ON f.detection_id = d.id
LEFT JOIN facereview.track t ON t.id = f.track_id
WHERE d.match_status = 'pending' OR d.match_status IS NULL

-- name: set_chances
-- How sure the suggestions of clusters are, where that is noticeably another value than before.
UPDATE facereview.cluster c SET chance = nullif(n.chance, 'NaN')
FROM unnest(%(clusters)s::bigint[], %(chances)s::real[]) AS n(id, chance)
WHERE c.id = n.id AND (c.chance IS NULL OR n.chance = 'NaN' OR abs(c.chance - n.chance) >= .005)
  AND c.chance IS DISTINCT FROM nullif(n.chance, 'NaN')

-- name: face_order
-- The faces of an order as bytes, and when it was made.
SELECT faces FROM facereview.face_order WHERE name = %(name)s

-- name: set_face_order
INSERT INTO facereview.face_order (name, faces) VALUES (%(name)s, %(faces)s)
ON CONFLICT (name) DO UPDATE SET faces = excluded.faces, made_at = now()

-- name: different
-- Pairs of faces that are two people.
SELECT detection_id, other_id FROM facereview.different

-- name: different_clusters
-- Pairs of clusters of which faces are two people.
SELECT DISTINCT least(m.cluster_id, o.cluster_id) AS one, greatest(m.cluster_id, o.cluster_id) AS other
FROM facereview.different x
JOIN facereview.membership m ON m.detection_id = x.detection_id
JOIN facereview.membership o ON o.detection_id = x.other_id
WHERE m.cluster_id <> o.cluster_id

-- name: meeting_clusters
-- Those of these pairs of clusters of which two pending faces share a frame.
SELECT p.one, p.other
FROM unnest(%(ones)s::bigint[], %(others)s::bigint[]) AS p(one, other)
WHERE EXISTS (
    SELECT FROM facereview.membership m
    JOIN video_face_detections d ON d.id = m.detection_id
    JOIN video_face_detections e
        ON e.video_id = d.video_id AND round(e.frame_timestamp * 1000) = round(d.frame_timestamp * 1000)
    JOIN facereview.membership o ON o.detection_id = e.id AND o.cluster_id = p.other
    WHERE m.cluster_id = p.one
      AND (d.match_status = 'pending' OR d.match_status IS NULL)
      AND (e.match_status = 'pending' OR e.match_status IS NULL)
      AND NOT EXISTS (SELECT FROM facereview.mirror x
                      WHERE x.detection_id = least(d.id, e.id) AND x.other_id = greatest(d.id, e.id)))

-- name: add_different
-- Each of these faces is somebody else than each of those.
INSERT INTO facereview.different (detection_id, other_id)
SELECT DISTINCT least(a.id, b.id), greatest(a.id, b.id)
FROM unnest(%(faces)s::int[]) AS a(id), unnest(%(others)s::int[]) AS b(id)
WHERE a.id <> b.id
  AND EXISTS (SELECT FROM video_face_detections d WHERE d.id = a.id)
  AND EXISTS (SELECT FROM video_face_detections d WHERE d.id = b.id)
ON CONFLICT DO NOTHING

-- name: forget_different
-- A curator says now that all faces of this cluster are one person.
DELETE FROM facereview.different x
USING facereview.membership m, facereview.membership o
WHERE m.detection_id = x.detection_id AND o.detection_id = x.other_id
  AND m.cluster_id = %(cluster)s AND o.cluster_id = %(cluster)s

-- name: forget_different_faces
-- A curator says now that all of these faces are one person.
DELETE FROM facereview.different
WHERE detection_id = ANY(%(faces)s::int[]) AND other_id = ANY(%(faces)s::int[])

-- name: read_different
SELECT to_jsonb(x) AS state FROM facereview.different x
WHERE x.detection_id = ANY(%(ids)s::bigint[]) OR x.other_id = ANY(%(ids)s::bigint[])

-- name: put_different
INSERT INTO facereview.different
SELECT (jsonb_populate_record(NULL::facereview.different, n)).*
FROM jsonb_array_elements(%(rows)s::jsonb) AS e(n)
JOIN video_face_detections a ON a.id = (n ->> 'detection_id')::int
JOIN video_face_detections b ON b.id = (n ->> 'other_id')::int
ON CONFLICT DO NOTHING

-- name: drop_different
DELETE FROM facereview.different x USING jsonb_array_elements(%(rows)s::jsonb) AS e(n)
WHERE x.detection_id = (n ->> 'detection_id')::int AND x.other_id = (n ->> 'other_id')::int

-- name: add_named_together
-- The risk that is known of faces named by one key for several.
INSERT INTO facereview.named_together (detection_id, batch_id, creator_id, track_id, risk)
SELECT n.id, %(batch)s, n.creator, t.id,
       CASE WHEN t.creator_id = n.creator THEN t.risk ELSE 1 - t.risk END
FROM unnest(%(faces)s::int[], %(creators)s::int[]) AS n(id, creator)
JOIN facereview.track_face f ON f.detection_id = n.id
JOIN facereview.track t ON t.id = f.track_id
WHERE t.creator_id IS NOT NULL AND t.risk IS NOT NULL AND (n.id = ANY(t.unlike)) IS NOT TRUE
ON CONFLICT (detection_id) DO UPDATE
SET batch_id = excluded.batch_id, creator_id = excluded.creator_id, track_id = excluded.track_id,
    risk = excluded.risk

-- name: unseen_names
-- The faces with a name that nobody looked at alone, and the risk of that name, where it is known:
-- automatic matches, and faces that one key named with others. A later decision on such a face counts
-- as a look at it. Where the track of a match was judged since, that counts; a name is wrong at least
-- as surely as somebody else's is right.
SELECT id, track, risk::float8 AS risk FROM (
    SELECT a.detection_id AS id, coalesce(f.track_id, -a.detection_id) AS track,
           CASE WHEN t.id IS NULL THEN s.risk
                WHEN t.creator_id = d.matched_creator_id THEN coalesce(t.risk, s.risk)
                WHEN t.creator_id IS NOT NULL THEN greatest(s.risk, 1 - t.risk) END AS risk
    FROM facereview.automatic a
    JOIN video_face_detections d ON d.id = a.detection_id AND d.match_status = 'matched'
    LEFT JOIN facereview.settled s
        ON s.detection_id = a.detection_id AND s.creator_id = d.matched_creator_id
    LEFT JOIN facereview.track_face f ON f.detection_id = a.detection_id
    LEFT JOIN facereview.track t ON t.id = f.track_id AND t.judged_at IS NOT NULL
    UNION ALL
    SELECT n.detection_id, n.track_id, n.risk
    FROM facereview.named_together n
    JOIN video_face_detections d
        ON d.id = n.detection_id AND d.match_status = 'matched'
           AND d.matched_creator_id = n.creator_id
    WHERE NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = n.detection_id)
      AND NOT EXISTS (
        SELECT FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
        WHERE s.detection_id = n.detection_id AND s.batch_id > n.batch_id
          AND b.kind NOT IN ('undo', 'redo'))) unseen
WHERE risk IS NOT NULL

-- --------------------------------------------------------------------------------------- cast

-- name: video_at
SELECT id FROM videos WHERE file_path = %(path)s

-- name: face_places
-- The track and the cluster of each face of a video, and whether a curator said it is mirrored.
SELECT d.id, f.track_id, m.cluster_id,
       EXISTS (SELECT FROM facereview.mirror r
               WHERE d.id IN (r.detection_id, r.other_id)) AS mirrored,
       ARRAY(SELECT a.cluster_id FROM facereview.apart a
             WHERE a.detection_id = d.id
               AND (a.batch_id IS NULL OR facereview.stands(a.batch_id))) AS apart
FROM video_face_detections d
LEFT JOIN facereview.track_face f ON f.detection_id = d.id
LEFT JOIN facereview.membership m ON m.detection_id = d.id
WHERE d.video_id = %(video)s

-- name: videos_by_waiting
-- Videos with faces that no person has decided, those first of which one key settles most: matches of
-- the machine unless their track is somebody else's, or not surely theirs, and the faces of tracks
-- whose risk is within "risk" (NULL: the library goes by thresholds, and only matches count); none
-- that is known not to be that creator.
SELECT d.video_id AS id, count(*) FILTER (
           WHERE CASE WHEN (d.id, coalesce(CASE WHEN a.detection_id IS NULL THEN t.creator_id
                                                ELSE d.matched_creator_id END, 0)) IN (
                               SELECT v.detection_id, v.creator_id FROM facereview.verdict v
                               UNION SELECT p.detection_id, p.creator_id
                               FROM facereview.told_apart(NULL) p)
                      THEN FALSE
                      WHEN %(risk)s::float8 IS NULL OR t.risk IS NULL
                      THEN a.detection_id IS NOT NULL
                      WHEN d.id = ANY(t.unlike) THEN FALSE
                      WHEN a.detection_id IS NOT NULL AND t.creator_id <> d.matched_creator_id
                      THEN FALSE
                      ELSE t.creator_id IS NOT NULL AND t.risk <= %(risk)s::float8 END)::int AS sure,
       count(*)::int AS waiting
FROM video_face_detections d
LEFT JOIN facereview.automatic a ON a.detection_id = d.id
LEFT JOIN facereview.track_face f ON f.detection_id = d.id
LEFT JOIN facereview.track t ON t.id = f.track_id
WHERE d.match_status = 'pending' OR d.match_status IS NULL OR a.detection_id IS NOT NULL
   OR (d.match_status IN ('matched', 'manual') AND d.matched_creator_id IS NULL)
GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1

-- name: tagged_by_others
-- Creators that other programs tagged in a video.
SELECT c.creator_id AS id FROM video_creators c
WHERE c.video_id = %(video)s AND NOT EXISTS (
    SELECT FROM facereview.tag t WHERE t.video_id = c.video_id AND t.creator_id = c.creator_id)
ORDER BY c.creator_id

-- name: videos_of_clusters
-- In how many videos each cluster has pending faces.
SELECT m.cluster_id AS id, count(DISTINCT d.video_id)::int AS videos
FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id
WHERE m.cluster_id = ANY(%(clusters)s::bigint[])
  AND (d.match_status = 'pending' OR d.match_status IS NULL)
GROUP BY m.cluster_id

-- name: looked_at_frames
-- How many frames of a video were looked at, and how many of them further ones.
SELECT coalesce(s.frames, 0)::int AS frames, coalesce(l.frames, 0)::int AS further
FROM (SELECT %(video)s::int AS id) v
LEFT JOIN facereview.scan s ON s.video_id = v.id
LEFT JOIN facereview.further_look l ON l.video_id = v.id

-- name: company
-- Creators in other videos with one of these, by how many, most first; and these videos in all.
WITH shared AS (
    SELECT DISTINCT video_id FROM video_creators
    WHERE creator_id = ANY(%(creators)s::int[]) AND video_id <> %(video)s)
SELECT c.creator_id AS id, count(*)::int AS together
FROM shared s JOIN video_creators c ON c.video_id = s.video_id
WHERE c.creator_id <> ALL(%(creators)s::int[])
GROUP BY c.creator_id ORDER BY together DESC, c.creator_id LIMIT %(limit)s

-- --------------------------------------------------------------------------------------- farm

-- name: lock_farm
-- One at a time adds videos to the farm.
SELECT pg_advisory_xact_lock(7276453061)

-- name: farm_roots
-- waiting: those with jobs that wait or are being done. One of tens of thousands is enough, and EXISTS
-- would read all.
SELECT r.id, r.folder, r.witnesses FROM facereview.farm_root r
WHERE NOT %(waiting)s OR (
    SELECT TRUE FROM facereview.procrastinate_jobs j
    WHERE j.queue_name = 'facereview root ' || r.id AND j.status IN ('todo', 'doing') LIMIT 1)
ORDER BY r.folder

-- name: add_farm_root
INSERT INTO facereview.farm_root (folder) VALUES (%(folder)s)
ON CONFLICT (folder) DO UPDATE SET folder = excluded.folder RETURNING id

-- name: add_farm_witnesses
-- instead: those that were remembered are forgotten.
UPDATE facereview.farm_root
SET witnesses = CASE WHEN %(instead)s THEN '{}'::jsonb ELSE witnesses END || %(witnesses)s::jsonb
WHERE id = %(root)s

-- name: farm_waiting
-- Which of these videos wait already.
SELECT path FROM facereview.farm_video
WHERE root_id = %(root)s AND path = ANY(%(paths)s::text[])

-- name: farm_scanned
-- Of these videos those that were read in a scan for as many frames and for faces as small, with the
-- times of their files then.
SELECT v.file_path AS path, s.file_modified AS modified, f.file_changed AS changed
FROM videos v JOIN facereview.scan s ON s.video_id = v.id
JOIN facereview.fingerprint f ON f.video_id = v.id
WHERE v.file_path = ANY(%(paths)s::text[]) AND s.frames_per_video = %(frames)s
  AND s.min_face_size <= %(size)s AND (s.fault IS NULL OR s.frames > 0)

-- name: farm_unscanned
-- The next of the videos that were never scanned, or not read then.
SELECT v.file_path AS path, v.file_size_bytes AS bytes
FROM videos v LEFT JOIN facereview.scan s ON s.video_id = v.id
WHERE (s.video_id IS NULL OR s.fault IS NOT NULL) AND v.file_path > %(after)s
ORDER BY v.file_path LIMIT %(limit)s

-- name: farm_unscanned_bounds
-- How many they are, and the first and the last by their bytes.
SELECT count(*) AS videos, min(v.file_path COLLATE "C") AS first, max(v.file_path COLLATE "C") AS last
FROM videos v LEFT JOIN facereview.scan s ON s.video_id = v.id
WHERE s.video_id IS NULL OR s.fault IS NOT NULL

-- name: add_farm_parcels
-- Parcels of so many videos each, and the job of each in the queue of their folder.
WITH made AS (
    INSERT INTO facereview.farm_parcel (root_id, videos)
    SELECT %(root)s, n FROM unnest(%(sizes)s::int[]) WITH ORDINALITY AS s (n, place) ORDER BY place
    RETURNING id
), deferred AS (
    SELECT facereview.procrastinate_defer_jobs_v1(array_agg(ROW(
        %(queue)s, %(task)s, 0, NULL, 'parcel ' || id, jsonb_build_object('parcel', id), NULL
    )::facereview.procrastinate_job_to_defer_v1 ORDER BY id)) AS jobs FROM made
)
SELECT id FROM made, deferred WHERE jobs IS NOT NULL ORDER BY id

-- name: add_farm_videos
INSERT INTO facereview.farm_video (root_id, path, parcel_id)
SELECT %(root)s, v.path, v.parcel FROM unnest(%(paths)s::text[], %(parcels)s::bigint[]) AS v (path, parcel)

-- name: revive_farm_jobs
-- Jobs that were given up wait again, also one that was told to stop as it was given back.
UPDATE facereview.procrastinate_jobs
SET status = 'todo', attempts = 0, scheduled_at = NULL, abort_requested = FALSE
WHERE status = 'failed' AND task_name = %(task)s

-- name: farm_parcel
-- The folder of a parcel, and its videos that are not done.
SELECT r.id AS root, r.folder, array_agg(v.path ORDER BY v.path) AS paths
FROM facereview.farm_parcel p JOIN facereview.farm_root r ON r.id = p.root_id
JOIN facereview.farm_video v ON v.parcel_id = p.id
WHERE p.id = %(parcel)s GROUP BY r.id, r.folder

-- name: farm_videos
-- The numbers of those of these videos that the library lists.
SELECT id FROM videos WHERE file_path = ANY(%(paths)s::text[]) ORDER BY id

-- name: remove_farm_videos
DELETE FROM facereview.farm_video WHERE parcel_id = %(parcel)s

-- name: remove_farm_parcel
DELETE FROM facereview.farm_parcel WHERE id = %(parcel)s

-- name: begin_farm_worker
INSERT INTO facereview.farm_worker (machine, process) VALUES (%(machine)s, %(process)s) RETURNING id

-- name: note_farm_worker
-- What a worker did since it said so last.
UPDATE facereview.farm_worker
SET seen_at = now(), parcel_id = %(parcel)s, jobs = jobs + %(jobs)s, videos = videos + %(videos)s,
    frames = frames + %(frames)s, faces = faces + %(faces)s, seconds = seconds + %(seconds)s
WHERE id = %(worker)s

-- name: see_farm_worker
UPDATE facereview.farm_worker SET seen_at = now() WHERE id = %(worker)s

-- name: end_farm_worker
UPDATE facereview.farm_worker SET seen_at = now(), ended_at = now(), parcel_id = NULL
WHERE id = %(worker)s

-- name: forget_farm_workers
-- Workers that were not seen for a day.
DELETE FROM facereview.farm_worker WHERE seen_at < now() - INTERVAL '1 day'

-- name: add_farm_faults
-- A video has one fault at most, the last.
INSERT INTO facereview.farm_fault (machine, path, reason)
SELECT %(machine)s, f.path, f.reason
FROM unnest(%(paths)s::text[], %(reasons)s::text[]) AS f (path, reason)
ON CONFLICT (path) DO UPDATE
SET at = now(), machine = excluded.machine, reason = excluded.reason

-- name: remove_farm_faults
DELETE FROM facereview.farm_fault WHERE path = ANY(%(paths)s::text[])

-- name: farm_paused
SELECT coalesce((value ->> 'paused')::boolean, FALSE) FROM facereview.meta WHERE key = 'farm'

-- name: farm_pace
-- Seconds of a worker for a frame.
SELECT sum(seconds) / nullif(sum(frames), 0) FROM facereview.farm_worker

-- name: recover_farm_jobs
-- Jobs of workers that were not heard of for so many seconds wait again, as if nobody had begun them.
UPDATE facereview.procrastinate_jobs j
SET status = 'todo', attempts = attempts + 1, worker_id = NULL, abort_requested = FALSE
WHERE j.status = 'doing' AND j.task_name = %(task)s AND NOT EXISTS (
    SELECT FROM facereview.procrastinate_workers w
    WHERE w.id = j.worker_id
      AND w.last_heartbeat > now() - make_interval(secs => %(seconds)s))
RETURNING j.id

-- name: try_lock_recovery
-- One at a time recovers jobs, so that none is given back that another took up again.
SELECT pg_try_advisory_xact_lock(7276453062)

-- name: cancel_farm_todo
DELETE FROM facereview.procrastinate_jobs
WHERE task_name = %(task)s AND status NOT IN ('doing')

-- name: cancel_farm_doing
-- Who does one is told to stop.
UPDATE facereview.procrastinate_jobs SET abort_requested = TRUE
WHERE task_name = %(task)s AND status = 'doing'

-- name: cancel_farm_parcels
DELETE FROM facereview.farm_parcel

-- name: count_farm_videos
-- So many videos more wait, fewer where negative; a new count begins where none waited.
INSERT INTO facereview.meta (key, value)
VALUES ('farm_run', jsonb_build_object('began', now(), 'added', %(videos)s::bigint))
ON CONFLICT (key) DO UPDATE SET value = CASE
    WHEN EXISTS (SELECT FROM facereview.farm_parcel)
    THEN jsonb_set(meta.value, '{added}', to_jsonb((meta.value ->> 'added')::bigint + %(videos)s::bigint))
    ELSE excluded.value END

-- name: farm_run
SELECT (value ->> 'began')::timestamptz AS began, (value ->> 'added')::bigint AS added
FROM facereview.meta WHERE key = 'farm_run'

-- name: farm_counts
-- Jobs by what became of them, and the videos that are not done. Each parcel has one job, and those
-- that wait are counted in their index: all jobs are read only where some are neither waiting nor
-- being done, so that this takes some milliseconds while tens of thousands wait.
WITH parcels AS (
    SELECT count(*) AS jobs, coalesce(sum(videos), 0)::bigint AS videos FROM facereview.farm_parcel
), todo AS (
    SELECT count(*) AS jobs FROM facereview.procrastinate_jobs WHERE status = 'todo'
), doing AS (
    SELECT count(*) AS jobs FROM facereview.procrastinate_jobs
    WHERE status = 'doing' AND worker_id IS NOT NULL
), failed AS (
    SELECT CASE WHEN p.jobs > t.jobs + d.jobs
        THEN (SELECT count(*) FROM facereview.procrastinate_jobs WHERE status = 'failed')
        ELSE 0 END AS jobs
    FROM parcels p, todo t, doing d
)
SELECT t.jobs AS waiting, greatest(p.jobs - t.jobs - f.jobs, d.jobs) AS doing, f.jobs AS failed, p.videos
FROM parcels p, todo t, doing d, failed f

-- name: farm_workers
-- The workers seen within so many seconds.
SELECT w.id, w.machine, w.process, w.started_at, w.seen_at, w.ended_at, w.parcel_id AS parcel, w.jobs,
       w.videos, w.frames, w.faces, w.seconds,
       extract(epoch FROM now() - w.seen_at)::float8 AS silent
FROM facereview.farm_worker w WHERE w.seen_at > now() - make_interval(secs => %(seconds)s)
ORDER BY w.machine, w.id

-- name: farm_faults
-- What went wrong, the last first; a computer's own without a path.
SELECT at, machine, path, reason FROM facereview.farm_fault
WHERE at >= coalesce(%(since)s::timestamptz, '-infinity')
ORDER BY at DESC, id DESC LIMIT %(limit)s

-- name: farm_faulty
SELECT count(*) FROM facereview.farm_fault WHERE path IS NOT NULL AND at >= %(since)s

-- ----------------------------------------------------------------------------------- filters

-- name: kept_filters
SELECT name, wanted FROM facereview.kept_filter WHERE page = %(page)s ORDER BY lower(name), name

-- name: keep_filter
INSERT INTO facereview.kept_filter (page, name, wanted, actor)
VALUES (%(page)s, %(name)s, %(wanted)s, %(actor)s)
ON CONFLICT (page, name) DO UPDATE
SET wanted = excluded.wanted, actor = excluded.actor, kept_at = now()

-- name: drop_filter
DELETE FROM facereview.kept_filter WHERE page = %(page)s AND name = %(name)s

-- name: video_folders
-- The folders that videos lie in.
SELECT DISTINCT regexp_replace(file_path, '[/\\][^/\\]*$', '') AS folder FROM videos ORDER BY 1

-- name: folder_has_videos
SELECT EXISTS (SELECT FROM videos v WHERE starts_with(v.file_path, %(folder)s::text || '/')
                                      OR starts_with(v.file_path, %(folder)s::text || '\'))

-- name: curators
-- Everybody whose decisions are logged, by display name.
SELECT DISTINCT coalesce(detail->>'curator', actor) AS who FROM facereview.batch
WHERE kind <> 'automatic' ORDER BY 1

-- name: machine_runs
-- Runs of automatic matching with the faces that they decided, newest first.
SELECT b.id, b.created_at, (SELECT count(*) FROM facereview.decision d WHERE d.batch_id = b.id)
       AS faces
FROM facereview.batch b WHERE b.kind = 'automatic' ORDER BY b.id DESC LIMIT %(limit)s

-- name: run
SELECT b.id, b.created_at, (SELECT count(*) FROM facereview.decision d WHERE d.batch_id = b.id)
       AS faces
FROM facereview.batch b WHERE b.id = %(run)s

-- name: share_of_decisions
-- Which part of all batches was decided then, and by this curator.
SELECT coalesce(avg(CASE WHEN
    b.created_at::date BETWEEN coalesce(%(decided_first)s::date, '-infinity')
                           AND coalesce(%(decided_last)s::date, 'infinity')
    AND (%(decided_by)s::text = '' OR coalesce(b.detail->>'curator', b.actor) = %(decided_by)s)
    THEN 1 ELSE 0 END), 0)::float8
FROM facereview.batch b

-- name: names_with_text
SELECT EXISTS (SELECT FROM creators c WHERE lower(c.name) LIKE lower(%(text)s::text))
    OR EXISTS (SELECT FROM facereview.alias n WHERE lower(n.name) LIKE lower(%(text)s::text))

-- name: indexes_ready
-- Whether all of these indexes are there and whole.
SELECT bool_and(coalesce(i.indisvalid, FALSE)) FROM unnest(%(names)s::text[]) n(name)
LEFT JOIN pg_index i ON i.indexrelid = to_regclass(n.name)

-- name: tuned_indexes
SELECT c.relname::text AS name, i.indisvalid AS valid, pg_relation_size(c.oid) AS bytes
FROM unnest(%(names)s::text[]) n(name) JOIN pg_index i ON i.indexrelid = to_regclass(n.name)
JOIN pg_class c ON c.oid = i.indexrelid

-- name: lock_tuning
SELECT pg_try_advisory_lock(7221109)

-- name: unlock_tuning
SELECT pg_advisory_unlock(7221109)

-- name: tables_of_others
-- A table that the user may not make indexes on: whose it is, whether the user's, and its schema's.
SELECT n.name, pg_get_userbyid(c.relowner)::text AS owner, pg_has_role(c.relowner, 'USAGE') AS mine,
       s.nspname::text AS schema, pg_get_userbyid(s.nspowner)::text AS schema_owner
FROM unnest(%(tables)s::text[]) n(name) JOIN pg_class c ON c.oid = to_regclass(n.name)
JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE NOT pg_has_role(c.relowner, 'USAGE') OR NOT has_schema_privilege(s.oid, 'CREATE')
ORDER BY n.name LIMIT 1

-- name: extension_schema
SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = %(name)s

-- name: limit_indexing
-- Time limits of this session; '0' is none: an index of a large table takes minutes.
SELECT set_config('lock_timeout', '0', false) AS lock,
       set_config('statement_timeout', %(limit)s, false) AS statement

-- The statements about the faces of a filter are put together of these parts, in this order: what
-- is read, from where, which of them, behind which one, in which order. Every value is a parameter.

-- part: filtered_ids
SELECT d.id

-- part: filtered_kinds
SELECT count(*) FILTER (WHERE d.match_status = 'pending' OR d.match_status IS NULL) AS pending,
       count(*) FILTER (WHERE d.match_status = 'matched' AND a.detection_id IS NOT NULL),
       count(*) FILTER (WHERE d.match_status = 'manual'
                        OR d.match_status = 'matched' AND a.detection_id IS NULL),
       count(*) FILTER (WHERE d.match_status = 'rejected')

-- part: keys_video
SELECT d.id, d.video_id, d.frame_timestamp, d.bbox_x

-- part: keys_newest
SELECT d.id

-- part: keys_best_quality
SELECT d.id, coalesce(nullif(d.quality_score, 'NaN'), '-Infinity')

-- part: keys_worst_quality
SELECT d.id, coalesce(nullif(d.quality_score, 'NaN'), 'Infinity')

-- part: keys_most_similar
SELECT d.id, coalesce(l.similarity, '-Infinity')

-- part: keys_least_similar
SELECT d.id, coalesce(l.similarity, 'Infinity')

-- part: keys_surest
SELECT d.id, coalesce(p.probability, '-Infinity'), p.source

-- part: keys_least_sure
SELECT d.id, coalesce(p.probability, 'Infinity'), p.source

-- part: filtered_faces
FROM video_face_detections d

-- part: filtered_faces_given
-- Each is looked up, whatever the other conditions: else all that these have may be read for a few.
FROM unnest(%(faces)s::int[]) u(id) CROSS JOIN LATERAL (
    SELECT * FROM video_face_detections g WHERE g.id = u.id OFFSET 0) d

-- part: join_automatic
LEFT JOIN facereview.automatic a ON a.detection_id = d.id

-- part: join_similarity
-- Of a pending face that suggests nobody by itself, that of its cluster's suggestion.
LEFT JOIN facereview.membership m ON m.detection_id = d.id
     AND d.match_confidence IS NULL AND (d.match_status = 'pending' OR d.match_status IS NULL)
CROSS JOIN LATERAL (
    SELECT coalesce(nullif(d.match_confidence, 'NaN'), nullif(m.similarity, 'NaN'))
           AS similarity) l

-- part: join_probability
-- That a face is whom it carries or suggests, else whom its track names: by the track as it was
-- judged last, else that with which it was settled. A face that does not go with its track, or
-- is known not to be whom that names, has none of it. source is the track or face that said it.
LEFT JOIN facereview.settled s
    ON s.detection_id = d.id AND s.creator_id = d.matched_creator_id
LEFT JOIN facereview.track_face f ON f.detection_id = d.id
LEFT JOIN facereview.track t ON t.id = f.track_id AND t.judged_at IS NOT NULL
     AND (t.unlike IS NULL OR NOT d.id = ANY(t.unlike))
     AND NOT EXISTS (SELECT FROM facereview.verdict n
                     WHERE n.detection_id = d.id AND n.creator_id = t.creator_id)
CROSS JOIN LATERAL (
    SELECT CASE WHEN d.match_status = 'rejected' THEN NULL ELSE 1 - nullif(s.risk, 'NaN') END
               AS settled,
           CASE WHEN d.match_status = 'rejected' OR t.creator_id IS NULL THEN NULL
                WHEN d.matched_creator_id IS NULL OR t.creator_id = d.matched_creator_id
                THEN 1 - t.risk
                ELSE t.risk END AS tracked,
           d.matched_creator_id IS NULL OR t.creator_id = d.matched_creator_id AS agrees) k
CROSS JOIN LATERAL (
    SELECT k.tracked IS NOT NULL AND (k.settled IS NULL OR k.agrees OR k.tracked < k.settled)
               AS by_track) y
CROSS JOIN LATERAL (
    SELECT CASE WHEN y.by_track THEN k.tracked ELSE k.settled END AS probability,
           CASE WHEN y.by_track THEN t.id ELSE d.id END AS source) p

-- part: filtered_where
WHERE TRUE

-- part: one_begin
AND (

-- part: one_or
OR

-- part: one_end
)

-- part: kind_pending
d.match_status = 'pending' OR d.match_status IS NULL

-- part: kind_automatic
(d.match_status = 'matched'
 AND d.id IN (SELECT u.detection_id FROM facereview.automatic u))

-- part: kind_decided
d.match_status = 'manual' OR (
    d.match_status = 'matched'
    AND d.id NOT IN (SELECT u.detection_id FROM facereview.automatic u))

-- part: kind_rejected
d.match_status = 'rejected'

-- part: role_decided
(d.matched_creator_id = ANY(%(creators)s::int[]) AND d.match_status IN ('matched', 'manual'))

-- part: role_suggested
(d.matched_creator_id = ANY(%(creators)s::int[])
 AND (d.match_status = 'pending' OR d.match_status IS NULL))

-- part: role_denied
d.id IN (SELECT n.detection_id FROM facereview.verdict n
         WHERE n.creator_id = ANY(%(creators)s::int[])
         UNION ALL SELECT n.detection_id FROM facereview.told_apart(NULL) n
         WHERE n.creator_id = ANY(%(creators)s::int[]))

-- part: of_videos
AND d.video_id = ANY(%(videos)s::int[])

-- part: of_folder
AND d.video_id IN (SELECT v.id FROM videos v
                   WHERE starts_with(v.file_path, %(folder)s::text || '/')
                      OR starts_with(v.file_path, %(folder)s::text || '\'))

-- part: of_similarity
AND l.similarity BETWEEN coalesce(%(similarity_low)s::float8, '-Infinity')
                     AND coalesce(%(similarity_high)s::float8, 'Infinity')

-- part: of_probability
AND p.probability BETWEEN coalesce(%(probability_low)s::float8, '-Infinity')
                      AND coalesce(%(probability_high)s::float8, 'Infinity')

-- part: of_quality
AND nullif(d.quality_score, 'NaN') BETWEEN coalesce(%(quality_low)s::float8, '-Infinity')
                                       AND coalesce(%(quality_high)s::float8, 'Infinity')

-- part: of_size
-- Boxes are pixels, or fractions of the frame where all four values are within 0..1.
AND CASE
    WHEN d.bbox_x BETWEEN 0 AND 1 AND d.bbox_y BETWEEN 0 AND 1
         AND d.bbox_width BETWEEN 0 AND 1 AND d.bbox_height BETWEEN 0 AND 1
    THEN (SELECT least(d.bbox_width * v.width, d.bbox_height * v.height)
          FROM videos v WHERE v.id = d.video_id AND v.width > 0 AND v.height > 0)
    ELSE least(nullif(d.bbox_width, 'NaN'), nullif(d.bbox_height, 'NaN')) END
    BETWEEN coalesce(%(size_low)s::float8, '-Infinity')
        AND coalesce(%(size_high)s::float8, 'Infinity')

-- part: of_scanned
AND d.video_id IN (SELECT c.video_id FROM facereview.scan c
                   WHERE c.scanned_at::date BETWEEN coalesce(%(scanned_first)s::date, '-infinity')
                                                AND coalesce(%(scanned_last)s::date, 'infinity'))

-- part: of_unscanned
AND d.video_id IN (SELECT v.id FROM videos v
                   WHERE NOT EXISTS (SELECT FROM facereview.scan c WHERE c.video_id = v.id))

-- part: of_decision
-- The last thing said of a face.
AND d.match_status IN ('matched', 'manual', 'rejected') AND d.id IN (
    SELECT e.detection_id FROM facereview.decision e JOIN facereview.batch b ON b.id = e.batch_id
    WHERE b.created_at::date BETWEEN coalesce(%(decided_first)s::date, '-infinity')
                                 AND coalesce(%(decided_last)s::date, 'infinity')
      AND (%(decided_by)s::text = '' OR coalesce(b.detail->>'curator', b.actor) = %(decided_by)s)
      AND e.id = (SELECT max(o.id) FROM facereview.decision o
                  WHERE o.detection_id = e.detection_id))

-- part: of_decision_of_many
-- The same where many decisions are meant, which the planner is told by a condition that it takes for
-- half of them: then it asks one face after the other until a page is full.
AND d.match_status IN ('matched', 'manual', 'rejected') AND d.id IN (
    SELECT e.detection_id FROM facereview.decision e JOIN facereview.batch b ON b.id = e.batch_id
    WHERE CASE WHEN b.created_at::date BETWEEN coalesce(%(decided_first)s::date, '-infinity')
                                           AND coalesce(%(decided_last)s::date, 'infinity')
                AND (%(decided_by)s::text = ''
                     OR coalesce(b.detail->>'curator', b.actor) = %(decided_by)s)
          THEN TRUE END
      AND NOT EXISTS (SELECT FROM facereview.decision o
                      WHERE o.detection_id = e.detection_id AND o.id > e.id))

-- part: of_machine
AND d.match_status = 'matched' AND (d.id, d.matched_creator_id) IN (
    SELECT e.detection_id, e.after_creator_id
    FROM facereview.decision e JOIN facereview.batch b ON b.id = e.batch_id
    WHERE b.kind = 'automatic' AND e.after_status = 'matched')

-- part: of_run
AND d.id IN (SELECT e.detection_id FROM facereview.decision e WHERE e.batch_id = %(run)s)

-- part: of_missing
AND d.video_id IN (SELECT v.id FROM videos v WHERE NOT v.is_available)

-- part: of_text
AND (d.video_id IN (SELECT v.id FROM videos v
                    WHERE lower(v.title) LIKE lower(%(text)s::text)
                       OR lower(v.file_path) LIKE lower(%(text)s::text))
     OR d.matched_creator_id IN (
         SELECT c.id FROM creators c WHERE lower(c.name) LIKE lower(%(text)s::text)
         UNION ALL SELECT n.creator_id FROM facereview.alias n
         WHERE lower(n.name) LIKE lower(%(text)s::text)))

-- The first page of an order is read from the tops of the lists that its values come from, where
-- `db tune` indexed these: each list as far as so many entries, and of the faces in them those that
-- no entry further down any list can come before.

-- part: leading_most_similar
WITH entries AS MATERIALIZED (
    (SELECT 0 AS list, d.match_confidence::float8 AS key, d.id FROM video_face_detections d
     WHERE d.match_confidence < 'NaN'
       AND (d.match_confidence, d.id) < (%(from_key)s::float8, %(from_id)s::int)
     ORDER BY d.match_confidence DESC, d.id DESC LIMIT %(entries)s)
    UNION ALL
    (SELECT 1, m.similarity, m.detection_id FROM facereview.membership m
     WHERE m.similarity < 'NaN'
       AND (m.similarity, m.detection_id) < (%(from_key)s::float8, %(from_id)s::int)
     ORDER BY m.similarity DESC, m.detection_id DESC LIMIT %(entries)s)),
faces AS MATERIALIZED (SELECT e.id FROM entries e)

-- part: leading_least_similar
WITH entries AS MATERIALIZED (
    (SELECT 0 AS list, d.match_confidence::float8 AS key, d.id FROM video_face_detections d
     WHERE d.match_confidence < 'NaN'
       AND (d.match_confidence, d.id) > (%(from_key)s::float8, %(from_id)s::int)
     ORDER BY d.match_confidence, d.id LIMIT %(entries)s)
    UNION ALL
    (SELECT 1, m.similarity, m.detection_id FROM facereview.membership m
     WHERE m.similarity < 'NaN'
       AND (m.similarity, m.detection_id) > (%(from_key)s::float8, %(from_id)s::int)
     ORDER BY m.similarity, m.detection_id LIMIT %(entries)s)),
faces AS MATERIALIZED (SELECT e.id FROM entries e)

-- part: leading_best_quality
WITH entries AS MATERIALIZED (
    SELECT 0 AS list, d.quality_score::float8 AS key, d.id FROM video_face_detections d
    WHERE d.quality_score < 'NaN'
      AND (d.quality_score, d.id) < (%(from_key)s::float8, %(from_id)s::int)
    ORDER BY d.quality_score DESC, d.id DESC LIMIT %(entries)s),
faces AS MATERIALIZED (SELECT e.id FROM entries e)

-- part: leading_worst_quality
WITH entries AS MATERIALIZED (
    SELECT 0 AS list, d.quality_score::float8 AS key, d.id FROM video_face_detections d
    WHERE d.quality_score < 'NaN'
      AND (d.quality_score, d.id) > (%(from_key)s::float8, %(from_id)s::int)
    ORDER BY d.quality_score, d.id LIMIT %(entries)s),
faces AS MATERIALIZED (SELECT e.id FROM entries e)

-- part: leading_surest
WITH entries AS MATERIALIZED (
    (SELECT 0 AS list, 1 - t.risk AS key, t.id FROM facereview.track t
     WHERE (1 - t.risk, t.id) <= (%(from_key)s::float8, %(from_id)s::bigint)
     ORDER BY 1 - t.risk DESC, t.id DESC LIMIT %(entries)s)
    UNION ALL
    (SELECT 1, t.risk, t.id FROM facereview.track t
     WHERE (t.risk, t.id) <= (%(from_key)s::float8, %(from_id)s::bigint)
     ORDER BY t.risk DESC, t.id DESC LIMIT %(entries)s)
    UNION ALL
    (SELECT 2, 1 - s.risk, s.detection_id FROM facereview.settled s
     WHERE s.risk < 'NaN'
       AND (1 - s.risk, s.detection_id) <= (%(from_key)s::float8, %(from_id)s::bigint)
     ORDER BY 1 - s.risk DESC, s.detection_id DESC LIMIT %(entries)s)),
faces AS MATERIALIZED (
    SELECT f.detection_id AS id FROM entries e JOIN facereview.track_face f ON f.track_id = e.id
    WHERE e.list < 2
    UNION ALL SELECT e.id::int FROM entries e WHERE e.list = 2)

-- part: leading_least_sure
WITH entries AS MATERIALIZED (
    (SELECT 0 AS list, 1 - t.risk AS key, t.id FROM facereview.track t
     WHERE (1 - t.risk, t.id) >= (%(from_key)s::float8, %(from_id)s::bigint)
     ORDER BY 1 - t.risk, t.id LIMIT %(entries)s)
    UNION ALL
    (SELECT 1, t.risk, t.id FROM facereview.track t
     WHERE (t.risk, t.id) >= (%(from_key)s::float8, %(from_id)s::bigint)
     ORDER BY t.risk, t.id LIMIT %(entries)s)
    UNION ALL
    (SELECT 2, 1 - s.risk, s.detection_id FROM facereview.settled s
     WHERE s.risk < 'NaN'
       AND (1 - s.risk, s.detection_id) >= (%(from_key)s::float8, %(from_id)s::bigint)
     ORDER BY 1 - s.risk, s.detection_id LIMIT %(entries)s)),
faces AS MATERIALIZED (
    SELECT f.detection_id AS id FROM entries e JOIN facereview.track_face f ON f.track_id = e.id
    WHERE e.list < 2
    UNION ALL SELECT e.id::int FROM entries e WHERE e.list = 2)

-- part: of_leading
AND d.id IN (SELECT u.id FROM faces u)

-- part: within_similarity
AND (l.similarity::float8, d.id::bigint)

-- part: within_quality
AND (d.quality_score::float8, d.id::bigint)

-- part: within_probability
AND (p.probability::float8, p.source::bigint)

-- part: last_falling
>= (SELECT c.key, c.id FROM (
        (SELECT e.key, e.id FROM (
             SELECT e.key, e.id,
                    row_number() OVER (PARTITION BY e.list ORDER BY e.key DESC, e.id DESC) AS place
             FROM entries e) e
         WHERE e.place = %(entries)s)
        UNION ALL SELECT '-Infinity', -1) c
    ORDER BY c.key DESC, c.id DESC LIMIT 1)

-- part: last_rising
<= (SELECT c.key, c.id FROM (
        (SELECT e.key, e.id FROM (
             SELECT e.key, e.id,
                    row_number() OVER (PARTITION BY e.list ORDER BY e.key, e.id) AS place
             FROM entries e) e
         WHERE e.place = %(entries)s)
        UNION ALL SELECT 'Infinity', 9223372036854775807) c
    ORDER BY c.key, c.id LIMIT 1)

-- part: of_text_of_videos
-- The same where no creator has the text: then not every face has to be looked at.
AND d.video_id IN (SELECT v.id FROM videos v
                   WHERE lower(v.title) LIKE lower(%(text)s::text)
                      OR lower(v.file_path) LIKE lower(%(text)s::text))

-- part: after_video
AND (d.video_id, d.frame_timestamp, d.bbox_x, d.id)
    > (%(after_1)s::int, %(after_2)s::real, %(after_3)s::real, %(after_id)s::int)

-- part: after_newest
AND d.id < %(after_id)s::int

-- part: after_best_quality
AND (coalesce(nullif(d.quality_score, 'NaN'), '-Infinity'), d.id)
    < (%(after_1)s::real, %(after_id)s::int)

-- part: after_worst_quality
AND (coalesce(nullif(d.quality_score, 'NaN'), 'Infinity'), d.id)
    > (%(after_1)s::real, %(after_id)s::int)

-- part: after_most_similar
AND (coalesce(l.similarity, '-Infinity'), d.id) < (%(after_1)s::real, %(after_id)s::int)

-- part: after_least_similar
AND (coalesce(l.similarity, 'Infinity'), d.id) > (%(after_1)s::real, %(after_id)s::int)

-- part: after_surest
AND (coalesce(p.probability, '-Infinity'), p.source, d.id)
    < (%(after_1)s::float8, %(after_2)s::bigint, %(after_id)s::int)

-- part: after_least_sure
AND (coalesce(p.probability, 'Infinity'), p.source, d.id)
    > (%(after_1)s::float8, %(after_2)s::bigint, %(after_id)s::int)

-- part: order_video
ORDER BY d.video_id, d.frame_timestamp, d.bbox_x, d.id

-- part: order_newest
ORDER BY d.id DESC

-- part: order_best_quality
ORDER BY coalesce(nullif(d.quality_score, 'NaN'), '-Infinity') DESC, d.id DESC

-- part: order_worst_quality
ORDER BY coalesce(nullif(d.quality_score, 'NaN'), 'Infinity'), d.id

-- part: order_most_similar
ORDER BY coalesce(l.similarity, '-Infinity') DESC, d.id DESC

-- part: order_least_similar
ORDER BY coalesce(l.similarity, 'Infinity'), d.id

-- part: order_surest
ORDER BY coalesce(p.probability, '-Infinity') DESC, p.source DESC, d.id DESC

-- part: order_least_sure
ORDER BY coalesce(p.probability, 'Infinity'), p.source, d.id

-- part: filtered_limit
LIMIT %(limit)s

-- ----------------------------------------------------------------------------- filtered videos

-- The statements about the videos of a filter are put together of these parts in the same way. An
-- order has one value; what has none comes last, whichever way round, and the id decides between
-- those that are equal.

-- part: videos_page
SELECT v.id, k.value FROM videos v

-- part: videos_count
SELECT count(*) FROM videos v

-- part: videos_by_path
CROSS JOIN LATERAL (SELECT v.file_path AS value) k

-- part: videos_by_closest
-- How close title or file name are to the text, then the path, as one value.
CROSS JOIN LATERAL (
    SELECT lower(%(searched)s::text) AS text, lower(coalesce(v.title, '')) AS title,
           lower(split_part(translate(v.file_path, '\', '/'), '/', -1)) AS file) l
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN l.text IN (l.title, l.file) THEN '0'
        WHEN starts_with(l.file, l.text || '.') AND strpos(substr(l.file, length(l.text) + 2), '.') = 0
            THEN '0'
        WHEN starts_with(l.title, l.text) OR starts_with(l.file, l.text) THEN '1'
        ELSE '2' END || v.file_path AS value) k

-- part: videos_by_title
CROSS JOIN LATERAL (
    SELECT lower(coalesce(nullif(v.title, ''),
                          split_part(translate(v.file_path, '\', '/'), '/', -1))) AS value) k

-- part: videos_by_length
CROSS JOIN LATERAL (SELECT nullif(v.duration_seconds, 'NaN') AS value) k

-- part: videos_by_size
CROSS JOIN LATERAL (SELECT v.file_size_bytes AS value) k

-- part: videos_by_codec
CROSS JOIN LATERAL (SELECT lower(nullif(v.codec, '')) AS value) k

-- part: videos_by_faces
LEFT JOIN (SELECT video_id, count(*) AS faces FROM video_face_detections GROUP BY video_id) n
    ON n.video_id = v.id
CROSS JOIN LATERAL (SELECT coalesce(n.faces, 0) AS value) k

-- part: videos_by_pending
LEFT JOIN (SELECT video_id, count(*) AS faces FROM video_face_detections
           WHERE match_status = 'pending' OR match_status IS NULL GROUP BY video_id) n
    ON n.video_id = v.id
CROSS JOIN LATERAL (SELECT coalesce(n.faces, 0) AS value) k

-- part: videos_by_scanned
LEFT JOIN facereview.scan z ON z.video_id = v.id
CROSS JOIN LATERAL (SELECT z.scanned_at AS value) k

-- part: videos_of_pending
-- A subquery that gives one value is looked up for each video; EXISTS may be hashed over all faces.
AND (SELECT 1 FROM video_face_detections d WHERE d.video_id = v.id
     AND (d.match_status = 'pending' OR d.match_status IS NULL) LIMIT 1) IS NOT NULL

-- part: videos_of_fault
AND (SELECT c.fault FROM facereview.scan c WHERE c.video_id = v.id) IS NOT NULL

-- part: videos_of_unscanned
AND (SELECT c.video_id FROM facereview.scan c WHERE c.video_id = v.id) IS NULL

-- part: videos_of_tagged
AND (SELECT 1 FROM video_creators c WHERE c.video_id = v.id LIMIT 1) IS NOT NULL

-- part: videos_of_folder
AND (starts_with(v.file_path, %(folder)s::text || '/')
     OR starts_with(v.file_path, %(folder)s::text || '\'))

-- part: videos_of_minutes
AND nullif(v.duration_seconds, 'NaN') / 60.0
    BETWEEN coalesce(%(minutes_low)s::float8, '-Infinity')
        AND coalesce(%(minutes_high)s::float8, 'Infinity')

-- part: videos_of_scanned
AND v.id IN (SELECT c.video_id FROM facereview.scan c
             WHERE c.scanned_at::date BETWEEN coalesce(%(scanned_first)s::date, '-infinity')
                                          AND coalesce(%(scanned_last)s::date, 'infinity'))

-- part: videos_of_missing
AND NOT v.is_available

-- part: videos_role_decided
v.id IN (SELECT d.video_id FROM video_face_detections d
         WHERE d.matched_creator_id = ANY(%(creators)s::int[])
           AND d.match_status IN ('matched', 'manual')
         UNION ALL SELECT t.video_id FROM video_creators t
         WHERE t.creator_id = ANY(%(creators)s::int[]))

-- part: videos_role_suggested
v.id IN (SELECT d.video_id FROM video_face_detections d
         WHERE d.matched_creator_id = ANY(%(creators)s::int[])
           AND (d.match_status = 'pending' OR d.match_status IS NULL))

-- part: videos_role_denied
v.id IN (SELECT d.video_id FROM video_face_detections d WHERE d.id IN (
    SELECT n.detection_id FROM facereview.verdict n
    WHERE n.creator_id = ANY(%(creators)s::int[])
    UNION ALL SELECT n.detection_id FROM facereview.told_apart(NULL) n
    WHERE n.creator_id = ANY(%(creators)s::int[])))

-- part: videos_of_text
AND (lower(v.title) LIKE lower(%(text)s::text) OR lower(v.file_path) LIKE lower(%(text)s::text)
     OR v.id IN (
         WITH named AS (
             SELECT c.id FROM creators c WHERE lower(c.name) LIKE lower(%(text)s::text)
             UNION SELECT n.creator_id FROM facereview.alias n
             WHERE lower(n.name) LIKE lower(%(text)s::text))
         SELECT d.video_id FROM video_face_detections d JOIN named ON named.id = d.matched_creator_id
         WHERE d.match_status IN ('matched', 'manual')
         UNION ALL SELECT t.video_id FROM video_creators t JOIN named ON named.id = t.creator_id))

-- part: after_rising
AND (k.value > %(after)s OR k.value IS NULL OR (k.value = %(after)s AND v.id > %(after_id)s))

-- part: after_falling
AND (k.value < %(after)s OR k.value IS NULL OR (k.value = %(after)s AND v.id > %(after_id)s))

-- part: after_unknown
AND k.value IS NULL AND v.id > %(after_id)s

-- part: order_rising
ORDER BY k.value NULLS LAST, v.id

-- part: order_falling
ORDER BY k.value DESC NULLS LAST, v.id

-- --------------------------------------------------------------------------- filtered clusters

-- part: clusters_ids
SELECT c.id, c.creator_id IS NULL AS new, c.lookalike FROM facereview.cluster c

-- part: clusters_sizes
-- What is decided is left out by its index: most faces in clusters are pending.
JOIN (
    SELECT m.cluster_id, count(*) AS size FROM facereview.membership m
    WHERE m.cluster_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM video_face_detections d
                      WHERE d.id = m.detection_id
                        AND d.match_status IN ('matched', 'manual', 'rejected'))
    GROUP BY m.cluster_id) n ON n.cluster_id = c.id

-- part: clusters_faces
JOIN (
    SELECT o.cluster_id, sum(o.faces) AS size, count(*) AS videos,
           sum(o.similarity) / nullif(sum(o.known), 0) AS similarity
    FROM (
        SELECT m.cluster_id, count(*) AS faces, sum(m.similarity::float8) AS similarity,
               count(m.similarity) AS known
        FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id
        WHERE m.cluster_id IS NOT NULL
          AND (d.match_status = 'pending' OR d.match_status IS NULL)
        GROUP BY m.cluster_id, d.video_id) o
    GROUP BY o.cluster_id) n ON n.cluster_id = c.id

-- part: clusters_pending
-- Looked up for each cluster that is left; EXISTS may be hashed over all faces.
AND (SELECT 1 FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id
     WHERE m.cluster_id = c.id AND (d.match_status = 'pending' OR d.match_status IS NULL)
     LIMIT 1) IS NOT NULL

-- part: clusters_of_creators
AND c.creator_id = ANY(%(creators)s::int[])

-- part: clusters_of_folder
AND c.id IN (
    SELECT m.cluster_id FROM facereview.membership m
    JOIN video_face_detections d ON d.id = m.detection_id JOIN videos v ON v.id = d.video_id
    WHERE (d.match_status = 'pending' OR d.match_status IS NULL)
      AND (starts_with(v.file_path, %(folder)s::text || '/')
           OR starts_with(v.file_path, %(folder)s::text || '\')))

-- part: clusters_of_size
AND n.size BETWEEN coalesce(%(size_low)s::float8, 0) AND coalesce(%(size_high)s::float8, 'Infinity')

-- part: clusters_of_in_videos
AND n.videos BETWEEN coalesce(%(in_videos_low)s::float8, 0)
                 AND coalesce(%(in_videos_high)s::float8, 'Infinity')

-- part: clusters_of_similarity
AND c.creator_id IS NOT NULL
AND n.similarity BETWEEN coalesce(%(similarity_low)s::float8, '-Infinity')
                     AND coalesce(%(similarity_high)s::float8, 'Infinity')

-- part: clusters_of_probability
AND c.creator_id IS NOT NULL
AND c.chance BETWEEN coalesce(%(probability_low)s::float8, '-Infinity')
                 AND coalesce(%(probability_high)s::float8, 'Infinity')

-- part: clusters_of_text
AND (c.creator_id IN (
         SELECT o.id FROM creators o WHERE lower(o.name) LIKE lower(%(text)s::text)
         UNION ALL SELECT a.creator_id FROM facereview.alias a
         WHERE lower(a.name) LIKE lower(%(text)s::text))
     OR c.id IN (
         SELECT m.cluster_id FROM facereview.membership m
         JOIN video_face_detections d ON d.id = m.detection_id JOIN videos v ON v.id = d.video_id
         WHERE (d.match_status = 'pending' OR d.match_status IS NULL)
           AND (lower(v.title) LIKE lower(%(text)s::text)
                OR lower(v.file_path) LIKE lower(%(text)s::text))))

-- --------------------------------------------------------------------------- filtered creators

-- part: creators_ids
SELECT c.id FROM creators c
LEFT JOIN (SELECT creator_id, count(*) AS count FROM creator_face_embeddings GROUP BY creator_id) r
    ON r.creator_id = c.id

-- part: creators_named
LEFT JOIN (SELECT d.matched_creator_id AS creator_id, count(*) AS count
           FROM video_face_detections d
           WHERE d.matched_creator_id IS NOT NULL AND d.match_status IN ('matched', 'manual')
           GROUP BY d.matched_creator_id) f
    ON f.creator_id = c.id

-- part: creators_suggested
LEFT JOIN (SELECT d.matched_creator_id AS creator_id, count(*) AS count
           FROM video_face_detections d
           WHERE d.matched_creator_id IS NOT NULL
             AND (d.match_status = 'pending' OR d.match_status IS NULL)
           GROUP BY d.matched_creator_id) s
    ON s.creator_id = c.id

-- part: creators_videos
LEFT JOIN (
    SELECT o.creator_id, count(*) AS videos
    FROM (SELECT DISTINCT d.matched_creator_id AS creator_id, d.video_id
          FROM video_face_detections d
          WHERE d.matched_creator_id IS NOT NULL AND d.match_status IN ('matched', 'manual')) o
    GROUP BY o.creator_id) w
    ON w.creator_id = c.id

-- part: creators_of_references
AND coalesce(r.count, 0) BETWEEN coalesce(%(references_low)s::float8, 0)
                             AND coalesce(%(references_high)s::float8, 'Infinity')

-- part: creators_of_faces
AND coalesce(f.count, 0) BETWEEN coalesce(%(faces_low)s::float8, 0)
                             AND coalesce(%(faces_high)s::float8, 'Infinity')

-- part: creators_of_in_videos
AND coalesce(w.videos, 0) BETWEEN coalesce(%(in_videos_low)s::float8, 0)
                              AND coalesce(%(in_videos_high)s::float8, 'Infinity')

-- part: creators_of_suggested
AND coalesce(s.count, 0) BETWEEN coalesce(%(suggested_low)s::float8, 0)
                             AND coalesce(%(suggested_high)s::float8, 'Infinity')

-- part: creators_of_unchecked
AND c.id IN (SELECT d.matched_creator_id
             FROM facereview.automatic a JOIN video_face_detections d ON d.id = a.detection_id
             WHERE d.match_status = 'matched')

-- part: creators_of_named_on
AND c.id IN (
    SELECT e.after_creator_id FROM facereview.decision e
    JOIN facereview.batch b ON b.id = e.batch_id
    WHERE e.after_status IN ('matched', 'manual')
      AND b.created_at::date BETWEEN coalesce(%(named_first)s::date, '-infinity')
                                 AND coalesce(%(named_last)s::date, 'infinity'))

-- part: creators_of_folder
AND c.id IN (
    WITH inside AS (
        SELECT v.id FROM videos v WHERE starts_with(v.file_path, %(folder)s::text || '/')
                                     OR starts_with(v.file_path, %(folder)s::text || '\'))
    SELECT d.matched_creator_id FROM video_face_detections d JOIN inside ON inside.id = d.video_id
    WHERE d.match_status IN ('matched', 'manual')
    UNION ALL SELECT t.creator_id FROM video_creators t JOIN inside ON inside.id = t.video_id)

-- part: creators_by_name
ORDER BY lower(c.name), c.id

-- part: creators_by_faces
ORDER BY coalesce(f.count, 0) DESC, lower(c.name), c.id

-- part: creators_by_videos
ORDER BY coalesce(w.videos, 0) DESC, lower(c.name), c.id

-- part: creators_by_references
ORDER BY coalesce(r.count, 0), lower(c.name), c.id

-- part: creators_by_suggested
ORDER BY coalesce(s.count, 0) DESC, lower(c.name), c.id

-- part: creators_by_newest
ORDER BY c.created_at DESC NULLS LAST, c.id DESC
-- Faces in a grid: their groups, a number for each face and -1 where it belongs to none, and whom
-- each may be. What is the same in both is the same as in the filters above.

-- name: groups_by_video
SELECT d.id, d.video_id AS key FROM video_face_detections d
WHERE d.id = ANY(%(faces)s::int[])

-- name: groups_by_day
-- The day on which the video was scanned, in days since 1970.
SELECT d.id, coalesce(c.scanned_at::date - '1970-01-01'::date, -1) AS key
FROM video_face_detections d LEFT JOIN facereview.scan c USING (video_id)
WHERE d.id = ANY(%(faces)s::int[])

-- name: groups_by_cluster
SELECT d.id, coalesce(m.cluster_id, -1)::int AS key
FROM video_face_detections d LEFT JOIN facereview.membership m ON m.detection_id = d.id
WHERE d.id = ANY(%(faces)s::int[])

-- name: groups_by_creator
-- Whom a face carries or suggests, else whom its track names, else whom its cluster suggests; the
-- last two only where the risk that this is wrong is at most so much. Of a pending face, where the
-- library goes by an error rate (by_track), the track comes first: as in face_tracks, whom a person
-- decided some of its faces to be, else whom the evidence names.
WITH named AS MATERIALIZED (
    SELECT o.track_id, max(d.matched_creator_id) AS creator_id
    FROM facereview.track_face o JOIN video_face_detections d ON d.id = o.detection_id
    WHERE %(by_track)s AND o.track_id IN (
        SELECT f.track_id FROM facereview.track_face f
        WHERE f.detection_id = ANY(%(faces)s::int[]))
      AND (d.match_status = 'manual' OR (
          d.match_status = 'matched'
          AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id)
          AND EXISTS (
              SELECT FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
              WHERE s.detection_id = d.id AND s.after_status IN ('matched', 'manual')
                AND b.kind NOT IN ('automatic', 'not_person', 'undo', 'redo')
                AND (b.undone_by IS NULL OR facereview.stands(b.id)))))
    GROUP BY o.track_id),
back AS MATERIALIZED (
    SELECT s.detection_id FROM facereview.decision s
    WHERE %(by_track)s AND s.detection_id IS NOT NULL
      AND s.before_status IN ('matched', 'manual') AND s.after_status = 'pending'
      AND s.batch_id > (SELECT (m.value ->> 'batch')::bigint FROM facereview.meta m
                        WHERE m.key = 'tracks'))
SELECT d.id, coalesce(p.creator_id, -1) AS key
FROM video_face_detections d
LEFT JOIN facereview.track_face f
    ON f.detection_id = d.id AND d.id NOT IN (SELECT b.detection_id FROM back b)
LEFT JOIN named w ON w.track_id = f.track_id
LEFT JOIN facereview.track t ON t.id = f.track_id AND t.judged_at IS NOT NULL
     AND t.risk <= %(risk)s AND (t.unlike IS NULL OR NOT d.id = ANY(t.unlike))
     AND NOT EXISTS (SELECT FROM facereview.verdict n
                     WHERE n.detection_id = d.id AND n.creator_id = t.creator_id)
LEFT JOIN facereview.membership m ON m.detection_id = d.id
LEFT JOIN facereview.cluster k ON k.id = m.cluster_id AND coalesce(1 - k.chance, 0) <= %(risk)s
     AND NOT EXISTS (SELECT FROM facereview.verdict n
                     WHERE n.detection_id = d.id AND n.creator_id = k.creator_id)
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN w.creator_id IS NULL THEN t.creator_id
        WHEN NOT EXISTS (SELECT FROM facereview.verdict n
                         WHERE n.detection_id = d.id AND n.creator_id = w.creator_id)
        THEN w.creator_id END AS creator_id) x
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN d.match_status = 'rejected' THEN NULL
        WHEN %(by_track)s AND coalesce(d.match_status, 'pending') = 'pending'
        THEN coalesce(x.creator_id, d.matched_creator_id, k.creator_id)
        ELSE coalesce(d.matched_creator_id, t.creator_id, k.creator_id) END AS creator_id) p
WHERE d.id = ANY(%(faces)s::int[])

-- name: likely_creators
-- As groups_by_creator, with how like that creator the face is, and how probable the name.
WITH named AS MATERIALIZED (
    SELECT o.track_id, max(d.matched_creator_id) AS creator_id
    FROM facereview.track_face o JOIN video_face_detections d ON d.id = o.detection_id
    WHERE %(by_track)s AND o.track_id IN (
        SELECT f.track_id FROM facereview.track_face f
        WHERE f.detection_id = ANY(%(faces)s::int[]))
      AND (d.match_status = 'manual' OR (
          d.match_status = 'matched'
          AND NOT EXISTS (SELECT FROM facereview.automatic a WHERE a.detection_id = d.id)
          AND EXISTS (
              SELECT FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id
              WHERE s.detection_id = d.id AND s.after_status IN ('matched', 'manual')
                AND b.kind NOT IN ('automatic', 'not_person', 'undo', 'redo')
                AND (b.undone_by IS NULL OR facereview.stands(b.id)))))
    GROUP BY o.track_id),
back AS MATERIALIZED (
    SELECT s.detection_id FROM facereview.decision s
    WHERE %(by_track)s AND s.detection_id IS NOT NULL
      AND s.before_status IN ('matched', 'manual') AND s.after_status = 'pending'
      AND s.batch_id > (SELECT (m.value ->> 'batch')::bigint FROM facereview.meta m
                        WHERE m.key = 'tracks'))
SELECT d.id, c.id AS creator_id, c.name, CASE
    WHEN c.id = d.matched_creator_id THEN nullif(d.match_confidence, 'NaN')
    WHEN c.id = k.creator_id
    THEN coalesce(m.similarity, CASE WHEN c.id = t.creator_id THEN t.similarity END)
    WHEN c.id = t.creator_id THEN t.similarity END AS similarity, CASE
    WHEN w.creator_id IS NULL AND t.creator_id = c.id THEN 1 - t.risk END AS probability
FROM video_face_detections d
LEFT JOIN facereview.track_face f
    ON f.detection_id = d.id AND d.id NOT IN (SELECT b.detection_id FROM back b)
LEFT JOIN named w ON w.track_id = f.track_id
LEFT JOIN facereview.track t ON t.id = f.track_id AND t.judged_at IS NOT NULL
     AND t.risk <= %(risk)s AND (t.unlike IS NULL OR NOT d.id = ANY(t.unlike))
     AND NOT EXISTS (SELECT FROM facereview.verdict n
                     WHERE n.detection_id = d.id AND n.creator_id = t.creator_id)
LEFT JOIN facereview.membership m ON m.detection_id = d.id
LEFT JOIN facereview.cluster k ON k.id = m.cluster_id AND coalesce(1 - k.chance, 0) <= %(risk)s
     AND NOT EXISTS (SELECT FROM facereview.verdict n
                     WHERE n.detection_id = d.id AND n.creator_id = k.creator_id)
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN w.creator_id IS NULL THEN t.creator_id
        WHEN NOT EXISTS (SELECT FROM facereview.verdict n
                         WHERE n.detection_id = d.id AND n.creator_id = w.creator_id)
        THEN w.creator_id END AS creator_id) x
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN d.match_status = 'rejected' THEN NULL
        WHEN %(by_track)s AND coalesce(d.match_status, 'pending') = 'pending'
        THEN coalesce(x.creator_id, d.matched_creator_id, k.creator_id)
        ELSE coalesce(d.matched_creator_id, t.creator_id, k.creator_id) END AS creator_id) p
JOIN creators c ON c.id = p.creator_id
WHERE d.id = ANY(%(faces)s::int[])

-- name: creators_of_clusters
SELECT k.id AS cluster_id, c.id AS creator_id, c.name
FROM facereview.cluster k JOIN creators c ON c.id = k.creator_id
WHERE k.id = ANY(%(clusters)s::bigint[])

-- ----------------------------------------------------------------------------------- history

-- part: history_ids
SELECT b.id FROM facereview.batch b WHERE TRUE

-- part: history_newest
SELECT b.id FROM (SELECT b.id, b.creator_id, b.created_at FROM facereview.batch b WHERE TRUE

-- part: history_newest_end
ORDER BY b.created_at DESC, b.id DESC LIMIT %(newest)s) b WHERE TRUE

-- part: history_count
SELECT count(*) FROM facereview.batch b WHERE TRUE

-- part: history_actor
AND b.actor = %(actor)s

-- part: history_kinds
AND b.kind = ANY(%(kinds)s::text[])

-- part: history_creators
AND b.id IN (
    SELECT x.id FROM facereview.batch x WHERE x.creator_id = ANY(%(creators)s::int[])
    UNION SELECT s.batch_id FROM facereview.decision s
    WHERE s.after_creator_id = ANY(%(creators)s::int[])
    UNION SELECT s.batch_id FROM facereview.decision s
    WHERE s.before_creator_id = ANY(%(creators)s::int[])
    UNION SELECT r.batch_id FROM facereview.row_change r
    WHERE r.subject = 'reference'
      AND (coalesce(r.before, r.after) ->> 'creator_id')::int = ANY(%(creators)s::int[]))

-- part: history_creators_each
-- The same, asked of one batch after the other: faster where most of them are meant.
AND (b.creator_id = ANY(%(creators)s::int[]) OR coalesce(
    (SELECT TRUE FROM facereview.decision s
     WHERE s.batch_id = b.id AND s.after_creator_id = ANY(%(creators)s::int[]) LIMIT 1),
    (SELECT TRUE FROM facereview.decision s
     WHERE s.batch_id = b.id AND s.before_creator_id = ANY(%(creators)s::int[]) LIMIT 1),
    (SELECT TRUE FROM facereview.row_change r
     WHERE r.batch_id = b.id AND r.subject = 'reference'
       AND (coalesce(r.before, r.after) ->> 'creator_id')::int = ANY(%(creators)s::int[]) LIMIT 1),
    FALSE))

-- part: history_since
AND b.created_at >= %(since)s

-- part: history_until
AND b.created_at < %(until)s

-- part: history_behind
AND (b.created_at, b.id) < (%(behind_time)s::timestamptz, %(behind_id)s::bigint)

-- part: history_order
ORDER BY b.created_at DESC, b.id DESC LIMIT %(limit)s

-- name: batches_about
SELECT count(*) FILTER (WHERE b.creator_id = ANY(%(creators)s::int[])) AS about, count(*) AS every
FROM facereview.batch b

-- name: history_id
SELECT id FROM facereview.batch WHERE token = %(token)s

-- name: history_rows
-- Batches with what they are about at bottom, what stands of them, and some of their faces.
SELECT b.id, b.token::text, b.created_at, b.actor, coalesce(b.detail ->> 'curator', b.actor) AS who,
       b.kind, act.kind AS act, act.creator_id, act.reason, act.detail,
       tip.stands, tip.token::text AS tip, tip.kind AS tip_kind,
       coalesce(u.detail ->> 'curator', u.actor) AS undone_who, u.created_at AS undone_at,
       n.faces,
       CASE WHEN n.faces <= 2000 THEN
           (SELECT count(DISTINCT d.video_id)::int FROM facereview.decision d
            WHERE d.batch_id = b.id) END AS videos,
       b.kind = 'automatic' AND EXISTS (
           SELECT FROM (SELECT d.after_status FROM facereview.decision d
                        WHERE d.batch_id = b.id LIMIT 1) first
           WHERE first.after_status = 'pending') AS released,
       (SELECT s.error_rate FROM facereview.settled s WHERE s.batch_id = b.id LIMIT 1) AS error_rate,
       coalesce((SELECT jsonb_object_agg(g.subject, g.changed) FROM (
           SELECT r.subject, count(*)::int AS changed FROM facereview.row_change r
           WHERE r.batch_id = b.id GROUP BY r.subject) g), '{}') AS rows,
       coalesce((SELECT array_agg(f.id) FROM (
           (SELECT d.detection_id AS id FROM facereview.decision d WHERE d.batch_id = b.id LIMIT 5)
           UNION ALL
           (SELECT (coalesce(r.after, r.before) ->> 'detection_id')::int FROM facereview.row_change r
            WHERE r.batch_id = b.id AND n.faces = 0
              AND r.subject IN ('membership', 'skip', 'mirror', 'different') LIMIT 5)
           UNION ALL
           (SELECT o.detection_id FROM facereview.row_change r
            JOIN facereview.reference_origin o
                ON o.reference_id = (coalesce(r.after, r.before) ->> 'id')::int
            WHERE r.batch_id = b.id AND n.faces = 0 AND r.subject = 'reference'
              AND o.detection_id IS NOT NULL LIMIT 5)
           UNION ALL
           (SELECT m.id FROM facereview.row_change r
            JOIN facereview.person_move m
                ON m.change_id = (coalesce(r.after, r.before) ->> 'id')::bigint
            WHERE r.batch_id = b.id AND n.faces = 0 AND r.subject = 'change' AND m.what = 'face'
            LIMIT 5)
           LIMIT 5) f
           WHERE EXISTS (SELECT FROM video_face_detections d WHERE d.id = f.id)), '{}') AS shown
FROM unnest(%(batches)s::bigint[]) WITH ORDINALITY w(id, place)
JOIN facereview.batch b ON b.id = w.id
LEFT JOIN facereview.batch u ON u.id = b.undone_by
CROSS JOIN LATERAL (SELECT count(*)::int AS faces FROM facereview.decision d
                    WHERE d.batch_id = b.id) n
CROSS JOIN LATERAL (
    WITH RECURSIVE chain AS (
        SELECT b.kind, b.reverts, b.creator_id, b.reason, b.detail
        UNION ALL
        SELECT x.kind, x.reverts, x.creator_id, x.reason, x.detail
        FROM facereview.batch x JOIN chain c ON x.id = c.reverts)
    SELECT c.kind, c.creator_id, c.reason, c.detail FROM chain c WHERE c.reverts IS NULL) act
CROSS JOIN LATERAL (
    WITH RECURSIVE chain (token, kind, undone_by, stands) AS (
        SELECT b.token, b.kind, b.undone_by, TRUE
        UNION ALL
        SELECT x.token, x.kind, x.undone_by, NOT c.stands
        FROM facereview.batch x JOIN chain c ON x.id = c.undone_by)
    SELECT c.token, c.kind, c.stands FROM chain c WHERE c.undone_by IS NULL) tip
ORDER BY w.place

-- name: history_faces
-- The faces that a batch decided, before, after, and as they are now.
SELECT s.id AS place, s.detection_id AS face_id, s.video_id, s.before_status, s.before_creator_id,
       s.after_status, s.after_creator_id, s.denied,
       CASE WHEN d.id IS NOT NULL THEN coalesce(d.match_status, 'pending') END AS now_status,
       d.matched_creator_id AS now_creator_id
FROM facereview.decision s LEFT JOIN video_face_detections d ON d.id = s.detection_id
WHERE s.batch_id = %(batch)s AND s.id > %(after)s
ORDER BY s.id LIMIT %(limit)s

-- name: history_changes
SELECT subject, before, after FROM facereview.row_change
WHERE batch_id = %(batch)s ORDER BY id LIMIT %(limit)s

-- name: history_actors
-- Everybody in the log by name, with the name that others see of the latest batch.
WITH RECURSIVE names (actor) AS (
    (SELECT actor FROM facereview.batch ORDER BY actor LIMIT 1)
    UNION ALL
    SELECT (SELECT b.actor FROM facereview.batch b WHERE b.actor > n.actor ORDER BY b.actor LIMIT 1)
    FROM names n WHERE n.actor IS NOT NULL)
SELECT n.actor, (SELECT coalesce(b.detail ->> 'curator', b.actor) FROM facereview.batch b
                 WHERE b.actor = n.actor ORDER BY b.id DESC LIMIT 1) AS who
FROM names n WHERE n.actor IS NOT NULL ORDER BY n.actor

-- name: look_at_faces
-- As lock_faces, without locking them.
SELECT d.id, d.video_id, coalesce(d.match_status, 'pending') AS status,
       d.matched_creator_id AS creator_id, nullif(d.match_confidence, 'NaN') AS confidence,
       a.batch_id AS automatic
FROM video_face_detections d LEFT JOIN facereview.automatic a ON a.detection_id = d.id
WHERE d.id = ANY(%(faces)s::int[])
