-- Filters that curators gave a name.

CREATE TABLE IF NOT EXISTS facereview.kept_filter (
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    wanted JSONB NOT NULL,
    actor TEXT NOT NULL,
    kept_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (page, name)
);

-- check
SELECT to_regclass('facereview.kept_filter') IS NOT NULL
