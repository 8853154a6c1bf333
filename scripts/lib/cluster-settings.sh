# shellcheck shell=bash
# Sourced by scripts/postgres. Writes the settings that depend on the machine, at every start.
# The variables come from cluster.sh.
# shellcheck disable=SC2154

# Prints the memory limit in megabytes: that of the container, if it is lower than the machine's memory.
memory_mb() {
  local machine limit=max
  machine=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
  if [[ -r /sys/fs/cgroup/memory.max ]]; then limit=$(</sys/fs/cgroup/memory.max); fi
  if [[ $limit != max && $((limit / 1048576)) -lt $machine ]]; then machine=$((limit / 1048576)); fi
  printf '%s' "$machine"
}

# Prints $1, limited to the range from $2 to $3.
between() { printf '%s' $(($1 < $2 ? $2 : $1 > $3 ? $3 : $1)); }

# Prints the type of shared memory. Containers often have a /dev/shm of 64 MB, which is too small for a parallel query; files
# in the data folder have no such limit.
shared_memory_type() {
  local free
  free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
  if [[ ${free:-0} -ge 262144 ]]; then printf posix; else printf mmap; fi
}

# Prints settings that keep copies of databases out of the write-ahead log where fsync is off. Each test has a copy.
small_log() {
  if [[ ${ROLLCALL_FSYNC:-on} == off ]]; then printf 'wal_level = minimal\nmax_wal_senders = 0\n'; fi
}

# Writes rollcall.conf to the data folder $1, with the port $2.
write_settings() {
  local memory
  memory=$(memory_mb)
  as_server tee -- "$1/rollcall.conf" >/dev/null <<EOF
# Written at every start by scripts/postgres; put your own settings at the end of postgresql.conf.
port = $2
listen_addresses = '127.0.0.1'
unix_socket_directories = '$socket'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = $(between $((memory / 8)) 128 2048)MB
effective_cache_size = $(between $((memory / 2)) 256 65536)MB
maintenance_work_mem = $(between $((memory / 32)) 64 1024)MB
dynamic_shared_memory_type = $(shared_memory_type)
max_wal_size = 4GB
random_page_cost = 1.1
jit = off
# A crash may lose the last transactions but does not corrupt the database as long as fsync is on.
synchronous_commit = off
# Off only where the data is not needed after a crash of the machine, as in CI.
fsync = ${ROLLCALL_FSYNC:-on}
full_page_writes = ${ROLLCALL_FSYNC:-on}
$(small_log)
EOF
}
