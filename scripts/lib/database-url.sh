# shellcheck shell=bash
# Sourced. Finds a configured DATABASE_URL; the environment takes precedence over `.env`.

# Prints the value of DATABASE_URL in the file $1, parsed as the server does (server/src/config/dotenv.rs): from the last line
# that sets it, without `export`, quotes and comment, and without expanding `$`.
url_in_dotenv() {
  [[ -r $1 ]] || return 0
  sed -nE '/^[[:space:]]*(export[[:space:]]+)?DATABASE_URL[[:space:]]*=/{
    s/^[^=]*=[[:space:]]*//
    s/[[:space:]]+$//
    /^"/{
      s/^"(([^"\\]|\\.)*)".*$/\1/
      s/\\(["\\$`])/\1/g
      b found
    }
    /^'\''[^'\'']*'\''/{
      s/^'\''([^'\'']*)'\''.*$/\1/
      b found
    }
    s/(^|[[:space:]]+)#.*$//
    :found
    p
  }' "$1" | tail -n 1
}

# Sets `given_url` and `given_by`; both are empty if DATABASE_URL is not set.
# shellcheck disable=SC2034
find_given_url() {
  given_url=${DATABASE_URL:-}
  given_by=
  if [[ -n $given_url ]]; then
    given_by='the environment'
    return
  fi
  given_url=$(url_in_dotenv "$1/.env")
  [[ -z $given_url ]] || given_by=.env
}
