// Restores the place on a page: Back leads to the opened link, at the same scroll position. After a change the focus is on the
// link that opened the dialog, or on the heading.

/** Key in the session storage of the link that was followed last, with its page. */
const FOLLOWED = 'rollcall-followed';
/** Time in milliseconds after which a page that is still loading is left as it is. */
const PATIENCE = 10_000;
/** Events by which a user moves on the page. */
const MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'];

/** Ends the restoration in progress. */
let stop = () => {};

addEventListener('click', note, true);
addEventListener('popstate', ({ state }) => {
  stop();
  if (state?.place) restore(state.place);
});
if (performance.getEntriesByType('navigation')[0]?.type === 'back_forward') focusLink(history.state?.place?.href);
else if (document.querySelector('.toasts')) startAfterChange();

/** Returns whether a click follows a link in the same tab. */
export function isPlainClick(event) {
  return event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
}

/** Stores the place of a followed link with the page in the history. */
function note(event) {
  const link = event.target.closest?.('main a[href]');
  if (!link || !isPlainClick(event) || link.closest('dialog')) return;
  const place = { href: link.getAttribute('href'), top: scrollY, height: document.documentElement.scrollHeight };
  history.replaceState({ ...history.state, place }, '');
  try {
    sessionStorage.setItem(FOLLOWED, JSON.stringify({ page: page(), ...place }));
  } catch {
    // The browser blocks or has filled the storage. The focus is then on the heading.
  }
}

/** Returns the link that was followed last, or null. */
function followedLink() {
  try {
    return JSON.parse(sessionStorage.getItem(FOLLOWED));
  } catch {
    return null;
  }
}

function page() {
  return location.pathname + location.search;
}

/** Waits until the app has replaced the page and loaded its list, then restores the place. A page that stays, because only
 * its dialog closes, is left as it is. The page is as high as it was meanwhile, because the browser limits the scroll
 * position to the height. */
function restore(place) {
  const previous = document.querySelector('main h1');
  const { pathname } = location;
  const style = document.body.style;
  style.minHeight = `${place.height}px`;
  const look = () => {
    // The page leads to another one, whose place this is not.
    if (location.pathname !== pathname) {
      stop();
      return;
    }
    if (previous?.isConnected || !document.querySelector('main h1')) return;
    scrollTo({ top: place.top, behavior: 'instant' });
    if (document.querySelector('main :is([aria-busy=true], .skeleton)')) return;
    stop();
    // The link of a menu that is closed again cannot have the focus. Its row is one segment above.
    if (!focusLink(place.href) && !focusLink(place.href.replace(/\/[^/]*$/, ''))) focusHeading();
    scrollTo({ top: place.top, behavior: 'instant' });
  };
  const observer = new MutationObserver(look);
  const timer = setTimeout(() => stop(), PATIENCE);
  stop = () => {
    stop = () => {};
    observer.disconnect();
    clearTimeout(timer);
    for (const move of MOVES) removeEventListener(move, stopAtMove, true);
    style.minHeight = '';
  };
  for (const move of MOVES) addEventListener(move, stopAtMove, true);
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['aria-busy'] });
}

function stopAtMove() {
  stop();
}

/** Moves the focus to a link of the page. Returns the link if it has the focus. */
function focusLink(href) {
  const link = href && document.querySelector(`main a[href="${CSS.escape(href)}"]`);
  link?.focus({ preventScroll: true });
  return link && document.activeElement === link ? link : null;
}

/** Moves the focus on a page that reports a change: from there the next stop of Tab is the message. */
function startAfterChange() {
  const isTaken = document.activeElement !== document.body || document.querySelector('[autofocus], dialog[open]');
  if (isTaken) return;
  const followed = followedLink();
  const isSame = followed?.page === page();
  if (isSame) scrollTo({ top: followed.top, behavior: 'instant' });
  const start = (isSame && focusLink(followed.href)) || focusHeading();
  if (!start) return;
  const lead = (event) => {
    const first = document.querySelector('.toasts:not([hidden]) :is(button, a)');
    if (event.key !== 'Tab' || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || !first) return;
    event.preventDefault();
    first.focus();
  };
  start.addEventListener('keydown', lead);
  start.addEventListener('blur', () => start.removeEventListener('keydown', lead), { once: true });
}

function focusHeading() {
  const heading = document.querySelector('main h1');
  if (!heading) return null;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return heading;
}
