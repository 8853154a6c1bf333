# shellcheck shell=bash
# Sourced by scripts/postgres. Location, owner and creation of the private cluster.
#
# $home      .data/postgres: the password, the lock, and usually the server's files
# $store     the folder that holds the server's files; elsewhere only when the server's user cannot enter $home
# $data      PostgreSQL's data folder, which exists only when it is complete
# $log       the server's log, in $data because the server's user may write there
# $socket    the folder of the Unix socket, short because a socket's path is limited to 107 bytes

# These variables are used by the other files; `oldest_postgres` is from postgres-programs.sh.
# shellcheck disable=SC2034,SC2154

# Sets the paths for the checkout $1.
locate_cluster() {
  home=$1/.data/postgres
  store=$home
  if [[ -s $home/place ]]; then store=$(<"$home/place"); fi
  data=$store/data
  log=$data/server.log
  key=$(printf '%s' "$store" | sha256sum)
  key=${key:0:12}
  socket=/tmp/rollcall-$key
}

# Sets the user and group that the server runs as: the owner of the data; for a new cluster the caller, or `postgres` if the
# caller is root, because PostgreSQL does not run as root.
find_server_user() {
  server_uid=$EUID
  server_gid=$(id -g)
  if [[ $EUID -ne 0 ]]; then
    [[ ! -e $home || (-O $home && -w $home) ]] ||
      die "$home belongs to $(stat -c %U "$home"): run this as that user, or as root."
  elif [[ -d $data ]]; then
    server_uid=$(stat -c %u "$data")
    server_gid=$(stat -c %g "$data")
  else
    server_uid=$(id -u postgres 2>/dev/null) ||
      die 'PostgreSQL does not run as root, and there is no user postgres: run scripts/toolchain postgres.'
    server_gid=$(id -g postgres)
  fi
}

# Runs a command as the server's user, in a folder that this user can enter. Closes descriptors 9 and 8: otherwise the server
# would hold the lock of scripts/postgres and that of scripts/build-cache as long as it runs.
as_server() {
  local become=()
  if [[ $EUID -ne $server_uid ]]; then
    become=(setpriv --reuid "$server_uid" --regid "$server_gid" --clear-groups)
  fi
  (cd / && exec env LC_ALL=C.UTF-8 "${become[@]}" "$@" 9>&- 8>&-)
}

# Sets `bin` and `server_major`, the folder and the major version of PostgreSQL's server programs: the version that created
# the data, or for a new cluster the newest.
find_server_programs() {
  local wanted=''
  if [[ -f $data/PG_VERSION ]]; then wanted=$(<"$data/PG_VERSION"); fi
  while read -r server_major bin; do
    if [[ -z $wanted || $server_major == "$wanted" ]]; then return; fi
  done < <(list_postgres)
  [[ -z $wanted ]] || die "$data was created by PostgreSQL $wanted, which is not installed: install it (Debian: \
postgresql-$wanted), or delete $store to start with an empty database."
  die "PostgreSQL $oldest_postgres or newer is missing: run scripts/toolchain postgres."
}

# Creates the cluster with the role and database `rollcall`, in UTF-8. This happens in a temporary folder that is renamed at
# the end, so that an interrupted run leaves no incomplete cluster.
make_cluster() {
  local began making
  began=$(now)
  choose_store
  making=$store/data.making
  rm -rf -- "$making"
  install -d -m 700 -o "$server_uid" -g "$server_gid" -- "$making"
  as_server "$bin/initdb" --pgdata="$making" --username=rollcall --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 >"$home/initdb.log" 2>&1 ||
    die "initdb failed: $(tail -n 3 "$home/initdb.log" | tr '\n' ' ')"
  # Passwords even on loopback: otherwise every user of this machine could connect as superuser, and a superuser can run
  # programs as the server's user. The password has 128 random bits and is in a file of mode 600.
  as_server tee -- "$making/pg_hba.conf" >/dev/null <<<'local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256'
  as_server tee -a -- "$making/postgresql.conf" >/dev/null <<<"include 'rollcall.conf'"
  write_settings "$making" "$(first_port)"
  (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$home/password")
  as_server "$bin/postgres" --single -D "$making" postgres >>"$home/initdb.log" 2>&1 <<<"
alter role rollcall password '$(<"$home/password")'
create database rollcall" || die "The database could not be created: see $home/initdb.log."
  mv -T -- "$making" "$data"
  rm -f -- "$home/initdb.log"
  say "created a private PostgreSQL $server_major cluster in $store ($(since "$began"))"
}

# Sets the folder of a new cluster: .data/postgres, unless the server's user cannot enter it (in a checkout under /root, for
# example).
choose_store() {
  if [[ $store != "$home" ]] || as_server test -x "$home"; then return; fi
  install -d -m 755 /var/lib/rollcall
  printf '%s\n' "$(mktemp -d /var/lib/rollcall/XXXXXX)" >"$home/place"
  chmod 755 "$(<"$home/place")"
  say "the user postgres cannot enter $home; the database is in $(<"$home/place") instead"
  locate_cluster "${home%/.data/postgres}"
}
