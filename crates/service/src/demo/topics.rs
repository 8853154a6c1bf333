//! Topics of demo personas.

/// Field of work, with the objects and events that its personas look for in videos.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Topic {
    pub(super) name: &'static str,
    pub(super) things: [&'static str; 3],
    pub(super) events: [&'static str; 3],
}

/// Occupations of personas.
pub(super) const JOBS: [&str; 12] = [
    "analyst",
    "researcher",
    "reviewer",
    "archivist",
    "editor",
    "inspector",
    "student",
    "journalist",
    "planner",
    "curator",
    "coach",
    "safety officer",
];

const fn topic(name: &'static str, things: [&'static str; 3], events: [&'static str; 3]) -> Topic {
    Topic {
        name,
        things,
        events,
    }
}

/// All topics.
pub(super) const TOPICS: [Topic; 24] = [
    topic(
        "Harbour traffic",
        ["vessel", "crane", "tugboat"],
        ["arrives", "unloads", "departs"],
    ),
    topic(
        "Road safety",
        ["car", "cyclist", "bus"],
        ["turns left", "brakes", "runs a red light"],
    ),
    topic(
        "River otters",
        ["otter", "fish", "heron"],
        ["dives", "feeds", "rests on the bank"],
    ),
    topic(
        "Baseball",
        ["pitcher", "batter", "runner"],
        ["throws", "swings", "slides into base"],
    ),
    topic(
        "Football",
        ["goalkeeper", "striker", "referee"],
        ["saves", "scores", "stops the game"],
    ),
    topic(
        "Bird migration",
        ["flock", "goose", "stork"],
        ["lands", "takes off", "changes direction"],
    ),
    topic(
        "Assembly line",
        ["robot arm", "worker", "conveyor"],
        ["stops", "picks a part", "restarts"],
    ),
    topic(
        "Airport apron",
        ["aircraft", "tanker", "stairs"],
        ["docks", "taxis", "is refuelled"],
    ),
    topic(
        "Weather",
        ["cloud front", "lightning", "hail"],
        ["builds up", "strikes", "passes"],
    ),
    topic(
        "Glacier",
        ["ice edge", "meltwater", "crevasse"],
        ["retreats", "opens", "calves"],
    ),
    topic(
        "Coral reef",
        ["coral", "parrotfish", "diver"],
        ["bleaches", "grazes", "takes a sample"],
    ),
    topic(
        "Theatre",
        ["actor", "chorus", "curtain"],
        ["enters", "sings", "falls"],
    ),
    topic(
        "Silent film",
        ["intertitle", "close-up", "chase"],
        ["begins", "cuts away", "ends"],
    ),
    topic(
        "Debates",
        ["speaker", "moderator", "audience"],
        ["interrupts", "answers", "applauds"],
    ),
    topic(
        "Sign language",
        ["signer", "interpreter", "hand shape"],
        ["begins", "repeats", "pauses"],
    ),
    topic(
        "Surgery training",
        ["surgeon", "instrument", "suture"],
        ["incises", "is handed over", "is tied"],
    ),
    topic(
        "Physiotherapy",
        ["patient", "therapist", "walking aid"],
        ["stands up", "corrects", "balances"],
    ),
    topic(
        "Wildfire",
        ["smoke", "flame front", "engine"],
        ["spreads", "jumps the road", "arrives"],
    ),
    topic(
        "Rail crossings",
        ["train", "barrier", "pedestrian"],
        ["passes", "closes late", "waits"],
    ),
    topic(
        "Beehives",
        ["queen", "drone", "worker bee"],
        ["dances", "swarms", "returns"],
    ),
    topic(
        "Market halls",
        ["vendor", "customer", "pallet"],
        ["sells out", "queues", "is delivered"],
    ),
    topic(
        "Dance history",
        ["couple", "soloist", "ensemble"],
        ["turns", "leaps", "bows"],
    ),
    topic(
        "Excavations",
        ["trench", "shard", "archaeologist"],
        ["is opened", "is found", "measures"],
    ),
    topic(
        "Solar parks",
        ["panel", "inverter", "technician"],
        ["is cleaned", "fails", "repairs"],
    ),
];
