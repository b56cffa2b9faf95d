"""How programs from the package index make their SQLite files: one script each.

A script is run by the Python that has these packages, with the file to make as its argument.
"""

from __future__ import annotations

PACKAGES = (
    "django<5.3 wagtail django-allauth django-celery-beat django-celery-results django-reversion"
    " django-guardian django-axes django-q2 django-waffle django-oauth-toolkit djangorestframework"
    " alembic jupyterhub apscheduler<4 luigi celery datasette sqlite-utils peewee huey diskcache"
    " reader requests-cache ipython gffutils jupyter-cache coverage pony tortoise-orm optuna beets"
    " llm maubot aiosqlite wn ase buildbot"
).split()

_DJANGO = """
import sys, django
from django.conf import settings
base = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"]
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
    INSTALLED_APPS=base + APPS.split(), SECRET_KEY="none", USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField", SITE_ID=1, WAGTAIL_SITE_NAME="site",
    WAGTAILADMIN_BASE_URL="http://localhost", SILENCED_SYSTEM_CHECKS=["*"], ROOT_URLCONF="none",
    STATIC_URL="/static/", MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
    AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"],
)
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
from django.contrib.auth.models import User
User.objects.create_user("zoë", "z@example.org", "secret", first_name="Zoë 🎬")
"""


def _django(apps: str) -> str:
    return f"APPS = {apps!r}\n{_DJANGO}"


def _sqlalchemy(metadata: str) -> str:
    return f"""
import sys
from sqlalchemy import create_engine
{metadata}
metadata.create_all(create_engine("sqlite:///" + sys.argv[1]))
"""


SCRIPTS = {
    "django": _django(
        "django.contrib.admin django.contrib.sites django.contrib.flatpages"
        " django.contrib.redirects django.contrib.messages"
    ),
    "wagtail": _django(
        "taggit modelcluster wagtail.contrib.forms wagtail.contrib.redirects wagtail.embeds"
        " wagtail.sites wagtail.users wagtail.snippets wagtail.documents wagtail.images"
        " wagtail.search wagtail.admin wagtail"
    ),
    "django-allauth": _django("allauth allauth.account allauth.socialaccount"),
    "django-celery": _django("django_celery_beat django_celery_results"),
    "django-oauth-toolkit": _django("oauth2_provider rest_framework rest_framework.authtoken"),
    "django-reversion": _django("reversion guardian waffle"),
    "django-q2": _django("django_q axes"),
    "jupyterhub": _sqlalchemy("from jupyterhub.orm import Base; metadata = Base.metadata"),
    "celery": _sqlalchemy(
        "from celery.backends.database.models import Task, TaskExtended, TaskSet\n"
        "metadata = Task.metadata"
    ),
    "buildbot": _sqlalchemy("from buildbot.db.model import Model; metadata = Model.metadata"),
    "optuna": """
import sys, optuna
optuna.logging.disable_default_handler()
study = optuna.create_study(storage="sqlite:///" + sys.argv[1], study_name="é")
study.optimize(lambda t: t.suggest_float("x", 0, 1) + t.suggest_int("n", 1, 3), n_trials=3)
""",
    "apscheduler": """
import sys, time
from apscheduler.schedulers.background import BackgroundScheduler
scheduler = BackgroundScheduler()
scheduler.add_jobstore("sqlalchemy", url="sqlite:///" + sys.argv[1])
scheduler.start(paused=True)
scheduler.add_job(time.sleep, "interval", minutes=5, args=[1], id="nap")
scheduler.shutdown()
""",
    "luigi": _sqlalchemy("from luigi.db_task_history import Base; metadata = Base.metadata"),
    "datasette": """
import sys, asyncio, sqlite3
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils.internal_db import init_internal_db
sqlite3.connect(sys.argv[1]).execute("VACUUM")
async def make():
    served = Datasette([])
    database = Database(served, path=sys.argv[1], is_mutable=True)
    await init_internal_db(database)
asyncio.run(make())
""",
    "sqlite-utils": """
import sys, sqlite_utils
db = sqlite_utils.Database(sys.argv[1])
db["tags"].insert_all([{"id": "a", "label": "Ä"}, {"id": "b", "label": None}], pk="id")
db["posts"].insert_all(
    [{"id": n, "title": f"t{n} 🎬", "score": n / 7, "tag": "ab"[n % 2], "meta": {"n": n}}
     for n in range(9)], pk="id", foreign_keys=[("tag", "tags", "id")])
db["posts"].enable_fts(["title"], create_triggers=True)
db["posts"].create_index(["score", "tag"], unique=True)
db["posts"].transform(defaults={"score": 1.5}, not_null={"title"})
db.create_view("best", "select id, title from posts where score > 0.5")
db["both"].insert({"a": 1, "b": 2, "c": b"\\x00"}, pk=("a", "b"))
""",
    "peewee": """
import sys, datetime
from peewee import *
db = SqliteDatabase(sys.argv[1])
class Base(Model):
    class Meta: database = db
class Person(Base):
    name = CharField(unique=True, max_length=20)
    born = DateField(null=True)
    worth = DecimalField(default=0, max_digits=9, decimal_places=2)
    is_known = BooleanField(default=True)
    key = UUIDField(null=True)
class Note(Base):
    owner = ForeignKeyField(Person, backref="notes", on_delete="CASCADE")
    text = TextField(constraints=[Check("length(text) > 0")])
    made = DateTimeField(default=datetime.datetime.now)
    rank = BigIntegerField(null=True)
    class Meta: indexes = ((("owner", "made"), True),)
db.create_tables([Person, Note])
one = Person.create(name="Zoë", born=datetime.date(1999, 12, 31), worth="12.34")
Note.create(owner=one, text="'\\"🎬")
""",
    "huey": """
import sys
from huey import SqliteHuey
huey = SqliteHuey(filename=sys.argv[1])
task = huey.task()(lambda n: n)
huey.storage.put_data("k", b"\\x00\\xff")
huey.storage.enqueue(b"task", 3)
huey.storage.add_to_schedule(b"later", __import__("datetime").datetime(2030, 1, 1))
""",
    "diskcache": """
import sys, shutil, tempfile, diskcache
folder = tempfile.mkdtemp()
with diskcache.Cache(folder) as cache:
    for key, value in {"a": 1, 2: "zwei", "c": b"\\x00", ("d", 1): [1], 1.5: 2.5}.items():
        cache.set(key, value, tag="é", expire=1e9)
import sqlite3
sqlite3.connect(folder + "/cache.db").execute("VACUUM INTO ?", [sys.argv[1]])
""",
    "reader": """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
reader.add_feed("http://example.org/feed", allow_invalid_url=True)
reader.set_tag("http://example.org/feed", "é", {"n": [1, None]})
reader.update_search() if reader.is_search_enabled() else None
reader.close()
""",
    "requests-cache": """
import sys, datetime
from requests_cache import CachedResponse
from requests_cache.backends.sqlite import SQLiteCache
cache = SQLiteCache(sys.argv[1])
cache.responses["k"] = CachedResponse(url="http://example.org", status_code=200)
cache.redirects["r"] = "k"
cache.close()
""",
    "ipython": """
import sys
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
history = HistoryManager(shell=InteractiveShell.instance(), hist_file=sys.argv[1])
history.store_inputs(1, "print('é')")
history.writeout_cache()
history.end_session()
""",
    "gffutils": """
import sys, gffutils
start = "chr1 s {} 1 9 . + . "
lines = [start.format("gene") + "ID=g;Name=é", start.format("mRNA") + "ID=m;Parent=g"]
lines = "\\n".join(line.replace(" ", "\\t") for line in lines)
gffutils.create_db(lines, sys.argv[1], from_string=True)
""",
    "jupyter-cache": """
import sys, pathlib
from sqlalchemy import create_engine
from jupyter_cache.cache.db import OrmBase
OrmBase.metadata.create_all(create_engine("sqlite:///" + sys.argv[1]))
""",
    "coverage": """
import sys
from coverage import CoverageData
data = CoverageData(basename=sys.argv[1])
data.set_context("é")
data.add_lines({"/a.py": [1, 2, 9], "/ü.py": [3]})
data.write()
""",
    "pony": """
import sys
from datetime import datetime
from decimal import Decimal
from pony.orm import *
db = Database("sqlite", sys.argv[1], create_db=True)
class Maker(db.Entity):
    name = Required(str, unique=True)
    films = Set("Film")
class Film(db.Entity):
    maker = Required(Maker)
    title = Required(str, 80)
    cost = Optional(Decimal, 10, 2)
    seen = Optional(datetime)
    data = Optional(Json)
    composite_key(maker, title)
    tags = Set("Tag")
class Tag(db.Entity):
    word = PrimaryKey(str)
    films = Set(Film)
db.generate_mapping(create_tables=True)
with db_session:
    maker = Maker(name="Zoë")
    Film(maker=maker, title="🎬", cost=Decimal("9.50"), tags=[Tag(word="w")])
""",
    "tortoise": """
import sys, types
from tortoise import Tortoise, fields, run_async
from tortoise.models import Model
class Team(Model):
    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=40, unique=True)
    since = fields.DateField(null=True)
class Game(Model):
    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField(auto_now_add=True)
    teams = fields.ManyToManyField("models.Team")
    points = fields.SmallIntField(default=3)
    extra = fields.JSONField(null=True)
module = types.ModuleType("models"); module.Team, module.Game = Team, Game
sys.modules["models_here"] = module
Team.__module__ = Game.__module__ = "models_here"
async def make():
    await Tortoise.init(db_url="sqlite://" + sys.argv[1], modules={"models": ["models_here"]})
    await Tortoise.generate_schemas()
    game = await Game.create(extra={"é": 1})
    await game.teams.add(await Team.create(name="Zoë"))
    await Tortoise.close_connections()
run_async(make())
""",
    "beets": """
import sys
from beets.library import Item, Library
library = Library(sys.argv[1])
item = Item(title="Ümlaut", artist="Zoë", length=61.5, path=b"/m/\\xff.mp3", flexible="yes")
library.add(item)
library.add_album([item])
""",
    "llm": """
import sys, sqlite_utils
from llm.migrations import migrate
migrate(sqlite_utils.Database(sys.argv[1]))
""",
    "maubot": """
import sys, asyncio
from mautrix.util.async_db import Database
from maubot.db import upgrade_table
async def make():
    database = Database.create("sqlite:" + sys.argv[1], upgrade_table=upgrade_table)
    await database.start()
    await database.stop()
asyncio.run(make())
""",
    "wn": """
import sys, shutil, tempfile, pathlib, wn
wn.config.data_directory = pathlib.Path(tempfile.mkdtemp())
from wn._db import connect
connect().execute("VACUUM INTO ?", [sys.argv[1]])
""",
    "ase": """
import sys
from ase import Atoms
from ase.db import connect
database = connect(sys.argv[1], type="db")
database.write(Atoms("H2", [(0, 0, 0), (0, 0, 0.7)]), relaxed=True, note="é", data={"a": [1.5]})
""",
    "alembic": """
import sys
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
engine = sa.create_engine("sqlite:///" + sys.argv[1])
with engine.begin() as connection:
    op = Operations(MigrationContext.configure(connection))
    op.create_table("account", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("name", sa.Unicode(200), nullable=False),
                    sa.Column("kind", sa.Enum("a", "b", name="kind"), server_default="a"),
                    sa.Column("at", sa.DateTime, server_default=sa.func.now()))
    op.create_table("entry", sa.Column("id", sa.BigInteger, primary_key=True),
                    sa.Column("account", sa.Integer, sa.ForeignKey("account.id", name="fk_a")),
                    sa.Column("amount", sa.Numeric(10, 2)), sa.Column("done", sa.Boolean),
                    sa.CheckConstraint("amount <> 0", name="ck_amount"))
    op.create_index("ix_entry", "entry", ["account", sa.text("amount DESC")])
    with op.batch_alter_table("entry") as batch:
        batch.add_column(sa.Column("note", sa.Text, server_default="it''s"))
        batch.create_unique_constraint("uq_entry", ["account", "amount"])
    connection.execute(sa.text("INSERT INTO account (name, kind) VALUES ('Zoë 🎬', 'b')"))
""",
}
