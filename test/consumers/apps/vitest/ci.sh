#!/bin/sh
# The inspector collects what the tests report; it ends with their exit code, or with 1 when anything of it was wrong.
PATH="$PWD/node_modules/.bin:$PATH"
countly-inspector --port 0 --plan tracking-plan.json --strict -- vitest run --dir ci
