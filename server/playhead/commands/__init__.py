"""The commands of `playhead`, one module each: flags in, lines and an exit code out.

What is heavy is imported by the function that needs it: every start of every command imports all
of these modules.
"""
