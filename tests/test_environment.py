from playhead.environment import DUMMY_KEY, variables

ORIGIN = "http://127.0.0.1:8080"


def test_openais_variables_have_the_version_and_anthropics_have_not() -> None:
    told = variables(ORIGIN)
    assert told["OPENAI_BASE_URL"] == f"{ORIGIN}/v1"
    assert told["ANTHROPIC_BASE_URL"] == ORIGIN


def test_every_key_is_a_dummy() -> None:
    keys = {value for name, value in variables(ORIGIN).items() if name.endswith("_KEY")}
    assert keys == {DUMMY_KEY}


def test_every_other_variable_leads_to_the_server() -> None:
    told = variables(ORIGIN)
    assert all(told[name].startswith(ORIGIN) for name in told if not name.endswith("_KEY"))


def test_no_variable_needs_quoting_in_a_shell() -> None:
    assert all(
        name.isidentifier() and " " not in value for name, value in variables(ORIGIN).items()
    )
