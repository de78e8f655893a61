#!/bin/sh
# The inspector collects what the tests report; it ends with 1 when anything of it was wrong.
PATH="$PWD/node_modules/.bin:$PATH"
countly-inspector --port "${PORT:-6010}" --db :memory: --plan tracking-plan.json --strict & inspector=$!
trap 'kill $inspector 2>/dev/null' EXIT
COUNTLY_URL="http://127.0.0.1:${PORT:-6010}" COUNTLY_APP_KEY=ci vitest run --dir ci || exit 1
kill -INT $inspector
wait $inspector
