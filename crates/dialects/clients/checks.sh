# shellcheck shell=bash
# Sourced by the scripts of clients. Runs commands and prints a line for each check.

# Status with which the scripts end.
# shellcheck disable=SC2034
failed=0

# Installs the Python packages of `requirements.txt` in a folder, with more options of pip.
install_python() {
    local folder=$1
    shift
    python3 -m venv "$OUT/venv"
    "$OUT/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        "$@" -r "$folder/requirements.txt" >&2
}

# Prints a member of the first JSON object in standard input.
member() {
    python3 -c 'import json, sys
text = sys.stdin.read()
found, _ = json.JSONDecoder().raw_decode(text[text.index("{"):])
print(found[sys.argv[1]])' "$1"
}

# Runs a command, and prints whether its output contains a text.
expect() {
    local what=$1 text=$2 output
    shift 2
    if output=$("$@" 2>&1) && [[ $output == *"$text"* ]]; then
        echo "ok $what"
    else
        echo "FAILED $what: ${output//$'\n'/ }"
        failed=1
    fi
}

# Runs a command, and prints whether it fails.
expect_failure() {
    local what=$1
    shift
    if "$@" >/dev/null 2>&1; then
        echo "FAILED $what: it succeeded"
        failed=1
    else
        echo "ok $what"
    fi
}
