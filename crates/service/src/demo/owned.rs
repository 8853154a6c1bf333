//! Data that demo users own in the host application: personas, their ontologies and annotations.

use db::demo::{AnnotationRow, Millis, OntologyRow, PersonaRow};
use serde_json::json;
use uuid::Uuid;

use super::{
    crowd::Crowd,
    dice::Dice,
    life::{Life, between},
    shares::Shares,
    topics::{JOBS, TOPICS, Topic},
    user::DemoUser,
};

/// Personas per thousand that are hidden.
const HIDDEN: u64 = 30;

/// Adds the data that a user owns. Its amount depends on the rank; annotations are skewed again over the user's personas.
pub(super) fn add(user_index: &mut DemoUser, crowd: &Crowd, life: &Life, dice: &mut Dice) {
    let Some(rank) = life.rank else { return };
    let personas = crowd.personas.of(rank);
    let annotations = Shares::skewed(crowd.annotations.of(rank), personas);
    for place in 0..personas {
        let topic = dice.pick(&TOPICS);
        let client = client_of(&user_index.user.client_list, place);
        let row = persona(life, &topic, client, dice);
        for _ in 0..dice.weigh(&[(80, 0), (850, 1), (70, 2)]) {
            user_index
                .ontologies
                .push(ontology(life, &row, &topic, dice));
        }
        for _ in 0..annotations.of(place) {
            user_index
                .annotations
                .push(annotation(life, &row, &topic, dice));
        }
        user_index.personas.push(row);
    }
}

/// Returns the client of every third persona, one of the user's clients.
fn client_of(clients: &[i32], place: u64) -> Option<i32> {
    let turn = place / 3 % (clients.len() as u64).max(1);
    let client = clients.get(turn as usize).copied();
    client.filter(|_| place % 3 == 2)
}

fn persona(life: &Life, topic: &Topic, client_id: Option<i32>, dice: &mut Dice) -> PersonaRow {
    let (id, created_at) = created(life.joined, life, dice);
    let job = dice.pick(&JOBS);
    PersonaRow {
        id,
        user_id: life.id,
        name: format!("{} {job}", topic.name),
        role: job,
        information_need: format!(
            "When and where {} {}",
            dice.pick(&topic.things),
            dice.pick(&topic.events)
        ),
        hidden: dice.per_mille(HIDDEN),
        client_id,
        created_at,
    }
}

fn ontology(life: &Life, persona: &PersonaRow, topic: &Topic, dice: &mut Dice) -> OntologyRow {
    let (id, created_at) = created(persona.created_at, life, dice);
    OntologyRow {
        id,
        persona_id: persona.id,
        user_id: life.id,
        name: format!("{} ontology", topic.name),
        content: json!({ "entities": topic.things, "events": topic.events }),
        created_at,
    }
}

fn annotation(life: &Life, persona: &PersonaRow, topic: &Topic, dice: &mut Dice) -> AnnotationRow {
    let (id, created_at) = created(persona.created_at, life, dice);
    let start = dice.below(3_600);
    AnnotationRow {
        id,
        persona_id: persona.id,
        user_id: life.id,
        video_id: format!("reel-{:05}", dice.below(40_000)),
        label: format!("{} {}", dice.pick(&topic.things), dice.pick(&topic.events)),
        content: json!({ "start": start, "end": start + 1 + dice.below(30) }),
        created_at,
    }
}

/// Returns the id and the creation time of data: after `after` and before the owner's last activity.
fn created(after: Millis, life: &Life, dice: &mut Dice) -> (Uuid, Millis) {
    let timestamp = between(after, life.last_active(), dice);
    (timestamp.id(&dice.bytes()), timestamp)
}
