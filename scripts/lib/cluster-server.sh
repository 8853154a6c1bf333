# shellcheck shell=bash
# Sourced by scripts/postgres. Starting and stopping the server of the private cluster.
# The variables come from cluster.sh.
# shellcheck disable=SC2154

# True when the process of postmaster.pid is this cluster's server. A server works in its data folder, so a
# stranger that was given the number of a dead one is told apart.
is_running() {
  server_pid=
  [[ -r $data/postmaster.pid ]] && read -r server_pid <"$data/postmaster.pid" &&
    [[ $server_pid =~ ^[0-9]+$ && /proc/$server_pid/cwd -ef $data ]]
}

# Prints line $1 of postmaster.pid: 4 is the port, 5 the socket's folder, 8 the state.
pid_file_line() { sed -n "$1{s/ *\$//;p}" "$data/postmaster.pid" 2>/dev/null || true; }

# Prints the port of the running server, or the one it had last.
server_port() {
  if is_running; then pid_file_line 4; else sed -n 's/^port = //p' "$data/rollcall.conf"; fi
}

# Prints the first port to try: below the range that the kernel hands out, and another for every checkout.
first_port() { printf '%s' $((20000 + 16#${key:0:6} % 10000)); }

# Prints the port after $1.
next_port() { printf '%s' $((20000 + ($1 + 1) % 10000)); }

# True when something listens on the loopback port $1.
is_taken() { (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A server that is starting up or shutting down is waited for, at most a minute.
wait_until_settled() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    if ! is_running || [[ $(pid_file_line 8) == ready ]]; then return; fi
    sleep 0.1
  done
  die "The server (process $server_pid) has been $(pid_file_line 8) for a minute: see $log."
}

# The folder is in /tmp, where anybody may have made it before us.
make_socket_folder() {
  as_server mkdir -m 700 -- "$socket" 2>/dev/null || true
  [[ -d $socket && ! -L $socket && $(stat -c %u "$socket") == "$server_uid" ]] ||
    die "$socket belongs to somebody else: remove it."
}

# Starts the server; takes another port if its own has been taken since. Any process of a former server that
# still uses the data is found by PostgreSQL, by its shared memory.
start_server() {
  local began port tries fault='every port that was tried is taken'
  began=$(now)
  make_socket_folder
  # Nothing of ours runs, so these are left over; PostgreSQL itself would take them for a living server's as
  # long as any process has the number.
  rm -f -- "$data/postmaster.pid" "$socket"/.s.PGSQL.*
  keep_log_small
  port=$(server_port)
  for ((tries = 0; tries < 20; tries++)); do
    if is_taken "$port"; then
      port=$(next_port "$port")
      continue
    fi
    write_settings "$data" "$port"
    if fault=$(try_start); then
      say "started PostgreSQL $server_major on 127.0.0.1:$port ($(since "$began"))"
      return
    fi
    case $fault in
      *'Address already in use'*) port=$(next_port "$port") ;;
      # Processes of a server that was killed are still ending.
      *'shared memory block'*) sleep 0.5 ;;
      *) die "PostgreSQL did not start: $fault (more in $log)" ;;
    esac
  done
  die "PostgreSQL did not start: $fault (more in $log)"
}

# One attempt; prints what the server had to say if it failed. Recovery after a crash may take minutes.
try_start() {
  local before
  before=$(stat -c %s "$log" 2>/dev/null || printf 0)
  as_server "$bin/pg_ctl" start --silent --wait --timeout=600 --pgdata="$data" --log="$log" >/dev/null 2>&1 ||
    {
      tail -c "+$((before + 1))" "$log" | sed -nE 's/.*(FATAL|PANIC|LOG|HINT): +//p' | tr '\n' ' '
      return 1
    }
}

# One older log is kept once the log is over 16 MB.
keep_log_small() {
  if [[ $(stat -c %s "$log" 2>/dev/null || printf 0) -gt 16777216 ]]; then mv -f -- "$log" "$log.old"; fi
}

# Stops the server; connections are closed, transactions under way are rolled back.
stop_server() {
  local began
  began=$(now)
  as_server "$bin/pg_ctl" stop --silent --mode=fast --wait --timeout=120 --pgdata="$data" ||
    die "The server (process $server_pid) did not stop: see $log."
  rmdir -- "$socket" 2>/dev/null || true
  say "stopped ($(since "$began"))"
}
