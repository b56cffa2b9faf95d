-- Tracks of a video's faces, how sure their names are, and the check of automatic matches.

-- How sure a similarity is: model is fitted on units (tracks of videos) of people; origin says on
-- which, those shipped with the pack or this library's standing decisions.
CREATE TABLE IF NOT EXISTS facereview.calibration (
    id BIGSERIAL PRIMARY KEY,
    pack TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('shipped', 'library')),
    units INTEGER NOT NULL,
    people INTEGER NOT NULL,
    model JSONB NOT NULL,
    made_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- Faces of one video believed to be one person, so many when they were linked. template is the
-- direction of their pooled embeddings, NULL where they are like nothing; pictures is how many
-- different pictures it is worth, face_size the median of their shorter sides in pixels. creator_id is whom the evidence names for
-- all of them, risk the probability that this is wrong (NULL: no calibration), rival_id who comes
-- next; similarity and margin are of the template.
CREATE TABLE IF NOT EXISTS facereview.track (
    id BIGSERIAL PRIMARY KEY,
    video_id INTEGER NOT NULL REFERENCES public.videos(id) ON DELETE CASCADE,
    faces INTEGER NOT NULL,
    template vector(512),
    pictures REAL NOT NULL DEFAULT 1,
    face_size REAL,
    quality REAL,
    creator_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    rival_id INTEGER REFERENCES public.creators(id) ON DELETE SET NULL,
    similarity REAL,
    margin REAL,
    risk REAL CHECK (risk > 0 AND risk < 1),
    calibration_id BIGINT REFERENCES facereview.calibration(id) ON DELETE SET NULL,
    judged_at TIMESTAMPTZ
);
CREATE INDEX IF NOT EXISTS track_video ON facereview.track(video_id);
CREATE INDEX IF NOT EXISTS track_creator ON facereview.track(creator_id);

-- The track of each face; a face without a row was not looked at yet.
CREATE TABLE IF NOT EXISTS facereview.track_face (
    detection_id INTEGER PRIMARY KEY
        REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    track_id BIGINT NOT NULL REFERENCES facereview.track(id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS track_face_track ON facereview.track_face(track_id);

-- What the machine settled at an error rate, and the risk known then: kept when it is checked.
CREATE TABLE IF NOT EXISTS facereview.settled (
    detection_id INTEGER PRIMARY KEY
        REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    batch_id BIGINT NOT NULL REFERENCES facereview.batch(id),
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    risk REAL NOT NULL,
    error_rate REAL NOT NULL,
    calibration_id BIGINT REFERENCES facereview.calibration(id) ON DELETE SET NULL
);
CREATE INDEX IF NOT EXISTS settled_batch ON facereview.settled(batch_id);

-- Videos of which further frames were looked at, because a first look left a track uncertain.
CREATE TABLE IF NOT EXISTS facereview.further_look (
    video_id INTEGER PRIMARY KEY REFERENCES public.videos(id) ON DELETE CASCADE,
    frames INTEGER NOT NULL,
    looked_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- A sample of a creator's automatic matches, drawn at random once to check all of them by it:
-- population is how many there were, of which drawn were to be looked at.
CREATE TABLE IF NOT EXISTS facereview.check_sample (
    id BIGSERIAL PRIMARY KEY,
    creator_id INTEGER NOT NULL REFERENCES public.creators(id) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    population INTEGER NOT NULL,
    drawn INTEGER NOT NULL,
    drawn_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS check_sample_creator ON facereview.check_sample(creator_id);

-- The faces of that population; place is the order in which a face was drawn, NULL: it was not.
-- What was found of a face is read from its state, so that an undo is followed.
CREATE TABLE IF NOT EXISTS facereview.check_face (
    sample_id BIGINT NOT NULL REFERENCES facereview.check_sample(id) ON DELETE CASCADE,
    detection_id INTEGER NOT NULL REFERENCES public.video_face_detections(id) ON DELETE CASCADE,
    place INTEGER,
    PRIMARY KEY (sample_id, detection_id)
);
CREATE INDEX IF NOT EXISTS check_face_detection ON facereview.check_face(detection_id);

-- Whether a face was confirmed without being looked at, by a sample of others, and nobody has
-- decided it since: then it is no evidence.
CREATE OR REPLACE FUNCTION facereview.by_sample(face INTEGER) RETURNS BOOLEAN LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM facereview.check_face f
        JOIN facereview.decision d ON d.detection_id = f.detection_id
        JOIN facereview.batch b ON b.id = d.batch_id
        WHERE f.detection_id = $1 AND f.place IS NULL
          AND (b.detail -> 'sample' ->> 'id')::bigint = f.sample_id AND facereview.stands(b.id)
          AND NOT EXISTS (
              SELECT FROM facereview.decision l JOIN facereview.batch c ON c.id = l.batch_id
              WHERE l.detection_id = f.detection_id AND l.id > d.id
                AND c.kind IN ('accept', 'assign', 'confirm', 'reject', 'not_person', 'divide')
                AND NOT c.detail ? 'sample' AND facereview.stands(c.id)))
$$;

-- check
SELECT to_regclass('facereview.track_creator') IS NOT NULL
   AND to_regclass('facereview.track_face_track') IS NOT NULL
   AND to_regclass('facereview.settled_batch') IS NOT NULL
   AND to_regclass('facereview.further_look') IS NOT NULL
   AND to_regclass('facereview.check_face_detection') IS NOT NULL
   AND to_regprocedure('facereview.by_sample(integer)') IS NOT NULL
