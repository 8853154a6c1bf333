# shellcheck shell=bash
# Sourced by scripts/postgres. Starts and stops the server of the private cluster.
# The variables come from cluster.sh.
# shellcheck disable=SC2154

# True if the process in postmaster.pid is the server of this cluster. A server works in its data folder, which tells it apart
# from another process with the reused id.
is_running() {
  server_pid=
  [[ -r $data/postmaster.pid ]] && read -r server_pid <"$data/postmaster.pid" &&
    [[ $server_pid =~ ^[0-9]+$ && /proc/$server_pid/cwd -ef $data ]]
}

# Prints line $1 of postmaster.pid: 4 is the port, 5 the folder of the socket, 8 the state.
pid_file_line() { sed -n "$1{s/ *\$//;p}" "$data/postmaster.pid" 2>/dev/null || true; }

# Prints the port of the running server, or the last one it had.
server_port() {
  if is_running; then pid_file_line 4; else sed -n 's/^port = //p' "$data/rollcall.conf"; fi
}

# Prints the first port to try: below the kernel's ephemeral ports, and different for each checkout.
first_port() { printf '%s' $((20000 + 16#${key:0:6} % 10000)); }

# Prints the port after $1.
next_port() { printf '%s' $((20000 + ($1 + 1) % 10000)); }

# True if something listens on the loopback port $1.
is_taken() { (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Waits up to a minute for a server that is starting or stopping.
wait_until_settled() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    if ! is_running || [[ $(pid_file_line 8) == ready ]]; then return; fi
    sleep 0.1
  done
  die "The server (process $server_pid) has been $(pid_file_line 8) for a minute: see $log."
}

# Creates the folder of the socket. It is in /tmp, where another user may have created it first.
make_socket_folder() {
  as_server mkdir -m 700 -- "$socket" 2>/dev/null || true
  [[ -d $socket && ! -L $socket && $(stat -c %u "$socket") == "$server_uid" ]] ||
    die "$socket belongs to another user: delete it."
}

# Starts the server, on another port if its own is taken. PostgreSQL itself detects remaining processes of an earlier server
# by its shared memory.
start_server() {
  local began port tries error='all tried ports are in use'
  began=$(now)
  make_socket_folder
  # The server is not running, so these files are left over. PostgreSQL would take them for those of a running server if
  # another process has the same id.
  rm -f -- "$data/postmaster.pid" "$socket"/.s.PGSQL.*
  keep_log_small
  port=$(server_port)
  for ((tries = 0; tries < 20; tries++)); do
    if is_taken "$port"; then
      port=$(next_port "$port")
      continue
    fi
    write_settings "$data" "$port"
    if error=$(try_start); then
      say "started PostgreSQL $server_major on 127.0.0.1:$port ($(since "$began"))"
      return
    fi
    case $error in
      *'Address already in use'*) port=$(next_port "$port") ;;
      # The processes of a killed server have not all ended yet.
      *'shared memory block'*) sleep 0.5 ;;
      *) die "PostgreSQL did not start: $error (more in $log)" ;;
    esac
  done
  die "PostgreSQL did not start: $error (more in $log)"
}

# Tries once to start the server; prints its messages on failure. Recovery after a crash may take minutes.
try_start() {
  local before
  before=$(stat -c %s "$log" 2>/dev/null || printf 0)
  as_server "$bin/pg_ctl" start --silent --wait --timeout=600 --pgdata="$data" --log="$log" >/dev/null 2>&1 ||
    {
      tail -c "+$((before + 1))" "$log" | sed -nE 's/.*(FATAL|PANIC|LOG|HINT): +//p' | tr '\n' ' '
      return 1
    }
}

# Moves the log to a second file when it is larger than 16 MB. One older log is retained.
keep_log_small() {
  if [[ $(stat -c %s "$log" 2>/dev/null || printf 0) -gt 16777216 ]]; then mv -f -- "$log" "$log.old"; fi
}

# Stops the server; connections are closed and running transactions are rolled back.
stop_server() {
  local began
  began=$(now)
  as_server "$bin/pg_ctl" stop --silent --mode=fast --wait --timeout=120 --pgdata="$data" ||
    die "The server (process $server_pid) did not stop: see $log."
  rmdir -- "$socket" 2>/dev/null || true
  say "stopped ($(since "$began"))"
}
