"""What every answer written here says, so that what a client makes of any of them is known."""

TEXT = "Olá, 世界!"
PIECES = ["Ol", "á, 世", "界!"]
FIRST, SECOND = '{"location": ', '"Florença"}'
INPUT = {"location": "Florença"}
CALL = {"name": "weather", "input": INPUT}
USAGE = [11, 7]

WEATHER = {"type": "object", "properties": {"location": {"type": "string"}}}
MODEL = "gemini-2.5-flash"
