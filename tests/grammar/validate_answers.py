#!/usr/bin/env python3
"""Holds what is written under schemas against jsonschema: validate_answers.py WRITE_ANSWERS

WRITE_ANSWERS is the program beside this file. Each text must be JSON and valid under its schema. One
that is not is printed and ends in exit code 1; without jsonschema the exit code is 77, which ctest
shows as skipped.
"""
import json
import subprocess
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("skipped: no jsonschema")
    sys.exit(77)

LEAST_SCHEMAS = 200


def problem_of(schema, text):
    try:
        value = json.loads(text)
    except ValueError as error:
        return f"no JSON: {error}"
    # The draft's own checker: FormatChecker() alone knows time as draft 3 had it, without an offset.
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    error = next(validator.iter_errors(value), None)
    return error and error.message


def main():
    done = subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    schemas = {json.dumps(answer["schema"]) for answer in answers}
    n_wrong = 0
    for answer in answers:
        problem = problem_of(answer["schema"], answer["text"])
        if problem is None:
            continue
        n_wrong += 1
        print(f"{json.dumps(answer['schema'])}\n  {answer['text']!r}\n  {problem}")
    print(f"{len(answers)} texts under {len(schemas)} schemas, {n_wrong} not valid")
    return 1 if n_wrong or len(schemas) < LEAST_SCHEMAS else 0


sys.exit(main())
