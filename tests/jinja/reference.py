"""The reference that templates are held against: jinja2 3.1.6, set up as `transformers` 5.x does.

Written from what that set-up does: a sandbox in which nothing can be changed, trim_blocks and
lstrip_blocks on, break and continue, {% generation %}, json.dumps without HTML escapes.
"""
import datetime
import json

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox

JINJA2_VERSION = "3.1.6"


class Generation(jinja2.ext.Extension):
    """{% generation %}: a block of its own scope whose text is what the assistant said."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        call = self.call_method("_body")
        return jinja2.nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators,
                      sort_keys=sort_keys)


def environment(now="2026-11-21T09:30:05"):
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = to_json
    env.globals["raise_exception"] = refuse
    env.globals["strftime_now"] = lambda f: datetime.datetime.fromisoformat(now).strftime(f)
    return env


def render(source, context):
    """The text, or None where the reference raises."""
    try:
        return environment().from_string(source).render(**context)
    except Exception:  # whatever it is: the engine has to refuse it too
        return None
