#!/bin/sh
# A made-up instrument. matdock starts this once per measurement:
#   - one line of JSON comes on standard input: what to do, with which settings;
#   - one JSON object goes to standard output: what was seen;
#   - the exit code is 0, or something else with a reason on standard error.
# Needs only sh, sed and awk. With Python it would be json.load(sys.stdin) and json.dump(..., sys.stdout).

read -r request

# "settings": {"temperature": {"value": 120.0, "unit": "Cel"}, ...}: the number that belongs to a setting.
setting() {
    printf '%s\n' "$request" | sed -n "s/.*\"$1\": *{[^}]*\"value\": *\([-+0-9.eE]*\).*/\1/p"
}

temperature=$(setting temperature)
time=$(setting time)
if [ -z "$temperature" ] || [ -z "$time" ]; then
    echo "the request names no temperature or no time: $request" >&2
    exit 1
fi

# Here a real program would talk to its instrument. This one calculates: brightest at 150 Cel and 20 min.
LC_ALL=C awk -v temperature="$temperature" -v time="$time" 'BEGIN {
    t = (temperature - 150) / 60
    m = log(time / 20)
    brightness = 90 * exp(-t * t - m * m / 2)
    printf "{\"values\": {\"brightness\": {\"value\": %.3f, \"unit\": \"%%\", \"uncertainty\": 0.2}}}\n", brightness
}'
