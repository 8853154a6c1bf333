-- How many live sessions are on a device is counted without those that have ended, of which there are more.
create index sessions_live_by_device on sessions (device, created_at, id) where ended_at is null;
