"""Settings: what is wrong is said in one sentence, with the variable's name and an example, and never the value."""

import base64

import pytest

from hotline.config import EXAMPLES, ConfigFault, Settings, environment

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
KEY2 = base64.urlsafe_b64encode(bytes(range(1, 33))).decode()
SID = "AC" + "0" * 32


def test_an_empty_environment_has_the_contracts_defaults():
    settings = Settings.from_env({})
    assert settings.database_url == "sqlite:///var/hotline.db"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.api_url == "https://api.twilio.com"
    assert settings.redis_url is None
    assert settings.simulated_time is False
    assert settings.log_level == "INFO"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgres://u:p@db/hotline", "postgresql+psycopg://u:p@db/hotline"),
        ("postgresql://db:5433/hotline?sslmode=require", "postgresql+psycopg://db:5433/hotline?sslmode=require"),
        ("postgresql:///hotline?host=/run/postgresql", "postgresql+psycopg:///hotline?host=/run/postgresql"),
        ("sqlite:///var/line.db", "sqlite:///var/line.db"),
        ("sqlite:////srv/line.db", "sqlite:////srv/line.db"),
    ],
)
def test_database_addresses(given, read):
    assert Settings.from_env({"DATABASE_URL": given}).database_url == read


def test_the_public_address_loses_its_last_slash_and_its_capitals():
    assert Settings.from_env({"PUBLIC_URL": "HTTPS://Line.Example.org/"}).public_url == "https://line.example.org"
    assert Settings.from_env({"PUBLIC_URL": "https://a.org/line/"}).public_url == "https://a.org/line"


def test_two_tokens_and_two_keys():
    env = {"TWILIO_AUTH_TOKEN": "new, old", "HOTLINE_DATA_KEYS": f"{KEY}, {KEY2.rstrip('=')}"}
    settings = Settings.from_env(env)
    assert settings.auth_tokens == ("new", "old")
    assert settings.data_keys == (bytes(range(32)), bytes(range(1, 33)))


@pytest.mark.parametrize(
    "address", ["redis://h", "rediss://:p@h:6380/1", "unix:///run/redis.sock", "unix://var/r.sock"]
)
def test_redis_addresses(address):
    assert Settings.from_env({"REDIS_URL": address}).redis_url == address


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u@h/hotline"),
        ("DATABASE_URL", "sqlite://hotline.db"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "postgresql://"),
        ("DATABASE_URL", "postgresql://db:x/hotline"),
        ("DATABASE_URL", "hotline"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost"),
        ("REDIS_URL", "unix://"),
        ("PUBLIC_URL", "line.example.org"),
        ("PUBLIC_URL", "ftp://line.example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://line.example.org/?a=1"),
        ("PUBLIC_URL", "https://line.example.org:port"),
        ("TWILIO_API_URL", "api"),
        ("TWILIO_ACCOUNT_SID", "12345"),
        ("TWILIO_AUTH_TOKEN", "a,b,c"),
        ("TWILIO_AUTH_TOKEN", "a,"),
        ("TWILIO_AUTH_TOKEN", "two words"),
        ("HOTLINE_DATA_KEYS", "short"),
        ("HOTLINE_DATA_KEYS", "not base64 at all!"),
        ("HOTLINE_DATA_KEYS", KEY + ","),
        ("HOTLINE_DATA_KEYS", KEY + "," + KEY),
        ("HOTLINE_DATA_KEYS", base64.urlsafe_b64encode(b"x" * 31).decode()),
        ("HOTLINE_SIMULATED_TIME", "yes"),
        ("LOG_LEVEL", "CHATTY"),
        ("SENTRY_DSN", "sentry.example.org"),
    ],
)
def test_what_is_malformed_stops_with_name_and_example(name, value):
    with pytest.raises(ConfigFault) as caught:
        Settings.from_env({name: value})
    said = str(caught.value)
    assert said.startswith(name + " ")
    assert "\n" not in said
    assert f"{name}={EXAMPLES[name]}" in said
    assert len(value) < 12 or value not in said.replace(EXAMPLES[name], "")


def test_simulated_time_is_refused_where_real_people_are_texted():
    with pytest.raises(ConfigFault, match="HOTLINE_SIMULATED_TIME is refused"):
        Settings.from_env({"HOTLINE_SIMULATED_TIME": "1"})
    with pytest.raises(ConfigFault, match="HOTLINE_SIMULATED_TIME is refused"):
        Settings.from_env({"HOTLINE_SIMULATED_TIME": "1", "TWILIO_API_URL": "https://api.dublin.us1.twilio.com/"})
    env = {"HOTLINE_SIMULATED_TIME": "1", "TWILIO_API_URL": "http://127.0.0.1:8001"}
    assert Settings.from_env(env).simulated_time is True


@pytest.mark.parametrize(
    ("need", "name"),
    [("twilio", "TWILIO_ACCOUNT_SID"), ("keys", "HOTLINE_DATA_KEYS"), ("secret", "SECRET_KEY")],
)
def test_what_a_process_needs_is_asked_for_by_name(need, name):
    Settings.from_env({})
    for environ in ({}, {name: "  "}):
        with pytest.raises(ConfigFault, match=f"^{name} is not set, for example {name}="):
            Settings.from_env(environ, needs={need})


def test_an_api_key_needs_its_secret_and_the_other_way_round():
    key = "SK" + "1" * 32
    assert Settings.from_env({"TWILIO_API_KEY": key, "TWILIO_API_SECRET": "s"}).api_key == key
    for env, name in (({"TWILIO_API_KEY": key}, "TWILIO_API_SECRET"), ({"TWILIO_API_SECRET": "s"}, "TWILIO_API_KEY")):
        with pytest.raises(ConfigFault, match=f"^{name} is not set"):
            Settings.from_env(env)


def test_secrets_are_not_in_the_repr():
    env = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": "tttoken", "HOTLINE_DATA_KEYS": KEY, "SECRET_KEY": "ssecret"}
    shown = repr(Settings.from_env(env, needs={"twilio", "keys", "secret"}))
    assert "tttoken" not in shown
    assert "ssecret" not in shown
    assert "data_keys" not in shown


def test_a_command_reads_what_make_run_wrote_under_what_is_set(tmp_path, monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    file = tmp_path / "env"
    file.write_text("# written by make run\nexport LOG_LEVEL=ERROR\nPUBLIC_URL='https://a.org'\n")
    env = environment(file)
    assert env["LOG_LEVEL"] == "DEBUG"
    assert env["PUBLIC_URL"] == "https://a.org"
    assert environment(tmp_path / "none")["LOG_LEVEL"] == "DEBUG"
