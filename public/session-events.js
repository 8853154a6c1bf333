// Shared worker that reads the event stream of sessions for all tabs of a browser, because a browser opens at most six
// connections to a server. A tab sends the time since which it wants events, or null when it is closed or hidden. It receives
// true when the stream opens and false when it is lost, and [id, data] for each event. In browsers without shared workers,
// each tab runs its own worker.
// An older version may still run in another tab, so a change of the messages needs another file name.

const ADDRESS = '/api/admin/sessions/events?since=';
const READ_AGAIN = JSON.stringify({ sessions: [], more: true });

/** Maximum number of events that are stored for tabs that connect later. */
const STORED_MAX = 32;

const ports = new Set();
let source = null;
/** Time up to which the tabs have received all events; null while there are no tabs. */
let position = null;
/** The latest events, and the time since which they are complete. */
let stored = [];
let storedSince = null;

const notifyAll = (message) => ports.forEach((port) => port.postMessage(message));

function open(since) {
  position = storedSince = since;
  stored = [];
  source = new EventSource(ADDRESS + encodeURIComponent(since));
  source.onopen = () => notifyAll(true);
  source.onerror = () => {
    // The browser reconnects by itself. The stream is closed only if the server has denied it.
    if (source?.readyState === EventSource.CLOSED) source = null;
    notifyAll(false);
  };
  source.addEventListener('changes', ({ lastEventId, data }) => {
    position = lastEventId;
    stored.push([lastEventId, data]);
    if (stored.length > STORED_MAX) [storedSince] = stored.shift();
    notifyAll([lastEventId, data]);
  });
}

/** Sends a tab the events since its list was read. The tab ignores those that it has already. */
function catchUp(port, since) {
  const time = Date.parse(since);
  if (since !== storedSince && time <= Date.parse(storedSince)) {
    port.postMessage([position, READ_AGAIN]);
  } else {
    stored.filter(([id]) => Date.parse(id) >= time).forEach((event) => port.postMessage(event));
  }
}

function watch(port, since) {
  ports.add(port);
  if (source) {
    port.postMessage(source.readyState === EventSource.OPEN);
    catchUp(port, since);
  } else {
    // Other tabs may need events since an earlier time.
    open(position && Date.parse(position) < Date.parse(since) ? position : since);
  }
}

function leave(port) {
  ports.delete(port);
  port.close();
  if (ports.size > 0) return;
  source?.close();
  source = position = null;
}

function serve(port) {
  port.onmessage = ({ data }) => (data === null ? leave(port) : watch(port, data));
}

if ('SharedWorkerGlobalScope' in self) self.onconnect = ({ ports: [port] }) => serve(port);
else serve(self);
