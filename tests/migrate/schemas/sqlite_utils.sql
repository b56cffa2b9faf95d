-- Made by sqlite-utils 4.2 (Apache-2.0), as SQLite lists it.
CREATE TABLE "tags" ( "id" TEXT PRIMARY KEY, "label" TEXT );
CREATE VIRTUAL TABLE "posts_fts" USING FTS5 ( "title", content="posts" );
CREATE TABLE "posts" ( "id" INTEGER PRIMARY KEY,
    "title" TEXT NOT NULL,
    "score" REAL DEFAULT 1.5,
    "tag" TEXT REFERENCES "tags"("id"),
    "meta" TEXT );
CREATE TABLE "both" ( "a" INTEGER, "b" INTEGER, "c" BLOB, PRIMARY KEY ("a", "b") );
CREATE UNIQUE INDEX "idx_posts_score_tag" ON "posts" ("score", "tag");
CREATE VIEW "best" AS select id, title from posts where score > 0.5;
