// The worker that reads the stream of changes to sessions for all tabs of a browser, which has six connections to a server.
// A tab sends the time from which on it wants to be told, or null when it goes or is hidden. It gets true and false when the stream
// opens and is lost, and [id, data] for each event. Where there are no shared workers, each tab has this one for itself.
// An older version may still run in another tab: a change of the messages takes another file name.

const ADDRESS = '/api/admin/sessions/events?since=';
const READ_AGAIN = JSON.stringify({ sessions: [], more: true });

/** Most events that are kept for tabs that come later. */
const KEPT_MAX = 32;

const ports = new Set();
let source = null;
/** What the tabs have been told up to; null while there are none. */
let position = null;
/** The latest events, and the time from which on there are no others. */
let kept = [];
let keptSince = null;

const tellAll = (message) => ports.forEach((port) => port.postMessage(message));

function open(since) {
  position = keptSince = since;
  kept = [];
  source = new EventSource(ADDRESS + encodeURIComponent(since));
  source.onopen = () => tellAll(true);
  source.onerror = () => {
    // While it connects the browser tries again by itself; a stream that was denied is over.
    if (source?.readyState === EventSource.CLOSED) source = null;
    tellAll(false);
  };
  source.addEventListener('changes', ({ lastEventId, data }) => {
    position = lastEventId;
    kept.push([lastEventId, data]);
    if (kept.length > KEPT_MAX) [keptSince] = kept.shift();
    tellAll([lastEventId, data]);
  });
}

/** Tells a tab what it has missed since its list was read. What it knows already it leaves out itself. */
function catchUp(port, since) {
  const time = Date.parse(since);
  if (since !== keptSince && time <= Date.parse(keptSince)) {
    port.postMessage([position, READ_AGAIN]);
  } else {
    kept.filter(([id]) => Date.parse(id) >= time).forEach((event) => port.postMessage(event));
  }
}

function watch(port, since) {
  ports.add(port);
  if (source) {
    port.postMessage(source.readyState === EventSource.OPEN);
    catchUp(port, since);
  } else {
    // Other tabs may wait from an earlier time on.
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
