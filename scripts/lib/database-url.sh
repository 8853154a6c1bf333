# shellcheck shell=bash
# Sourced. Finds a DATABASE_URL that somebody has set; the environment goes before `.env`.

# Prints the value of DATABASE_URL in the file $1 as the server reads it (server/src/config/dotenv.rs): the last line that
# sets it, with `export`, quotes and a comment left away, and a `$` as it is.
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
    s/^'\''([^'\'']*)'\''.*$/\1/
    t found
    s/(^|[[:space:]]+)#.*$//
    :found
    p
  }' "$1" | tail -n 1
}

# Sets `given_url` and `given_by`; both are empty where nobody has set one.
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
