import pytest

from playhead import environment
from playhead.environment import DUMMY_KEY, for_command, variables
from support.docs import of_kind

ORIGIN = "http://127.0.0.1:8080"


def test_openais_variables_have_the_version_and_anthropics_have_not() -> None:
    told = variables(ORIGIN, {})
    assert told["OPENAI_BASE_URL"] == f"{ORIGIN}/v1"
    assert told["ANTHROPIC_BASE_URL"] == ORIGIN


def test_every_key_is_a_dummy() -> None:
    keys = {value for name, value in variables(ORIGIN, {}).items() if name.endswith("_KEY")}
    assert keys == {DUMMY_KEY}


def test_every_url_leads_to_the_server() -> None:
    told = variables(ORIGIN, {})
    others = {name for name in told if not told[name].startswith(ORIGIN)}
    assert {name for name in others if not name.endswith("_KEY")} == {
        "OPENAI_API_TYPE", "NO_PROXY", "no_proxy",
    }  # fmt: skip


@pytest.mark.parametrize(("given", "told"), [("azure", "azure"), ("", "openai")])
def test_which_of_two_openais_module_client_is_stays_where_it_was_said(
    given: str, told: str
) -> None:
    assert variables(ORIGIN, {"OPENAI_API_TYPE": given})["OPENAI_API_TYPE"] == told


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ({}, "127.0.0.1"),
        ({"no_proxy": "a, b"}, "a,b,127.0.0.1"),
        ({"NO_PROXY": "a"}, "a,127.0.0.1"),
        ({"NO_PROXY": "a,127.0.0.1", "no_proxy": "b,"}, "b,a,127.0.0.1"),
    ],
    ids=str,
)
def test_proxies_are_passed_by_for_the_server_too(given: dict[str, str], hosts: str) -> None:
    for told in (for_command(ORIGIN, given), variables(ORIGIN, given)):
        assert told["no_proxy"] == told["NO_PROXY"] == hosts


def test_an_ipv6_server_is_exempt_from_proxies_without_brackets() -> None:
    assert for_command("http://[::1]:8080", {})["no_proxy"] == "::1"


# For a command


def test_a_command_finds_the_server_and_keeps_the_rest() -> None:
    told = for_command(ORIGIN, {"PATH": "/bin"})
    assert told["PLAYHEAD_ORIGIN"] == ORIGIN
    assert told["PATH"] == "/bin"
    assert variables(ORIGIN, {"PATH": "/bin"}).items() <= told.items()


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "ANTHROPIC_AUTH_TOKEN",
        "GOOGLE_GENERATIVE_AI_API_KEY",
        "REPLICATE_API_TOKEN",
    ],
)
def test_a_dummy_is_in_the_place_of_the_key_of_a_provider(name: str) -> None:
    assert for_command(ORIGIN, {name: "secret"})[name] == DUMMY_KEY


@pytest.mark.parametrize(
    "name", ["HF_TOKEN", "AZURE_CLIENT_SECRET", "GITHUB_TOKEN", "STRIPE_API_KEY", "DATABASE_URL"]
)
def test_what_opens_more_than_models_is_left(name: str) -> None:
    assert for_command(ORIGIN, {name: "secret"})[name] == "secret"


def test_the_page_on_clients_lists_every_key_that_is_replaced() -> None:
    keys, secrets = [set(of_kind("text", kind)[0].text.split()) for kind in ("keys", "secrets")]
    dummies = dict.fromkeys(keys | secrets, DUMMY_KEY)
    assert dummies.items() <= for_command(ORIGIN, dict.fromkeys(dummies, "secret")).items()
    assert keys == {*environment._KEYS}
    assert secrets == {*environment._OTHER_SECRETS, *environment._SIGNS}


@pytest.mark.parametrize(
    "name", ["AWS_SESSION_TOKEN", "ANTHROPIC_AUTH_TOKEN", "GOOGLE_GENERATIVE_AI_API_KEY"]
)
def test_what_stands_for_a_key_is_not_set_where_it_was_not(name: str) -> None:
    assert name not in for_command(ORIGIN, {})


def test_what_clients_do_not_start_without_is_set_where_it_was_not() -> None:
    assert for_command(ORIGIN, {})["AWS_REGION"]
    assert for_command(ORIGIN, {"AWS_REGION": "eu-west-1"})["AWS_REGION"] == "eu-west-1"
