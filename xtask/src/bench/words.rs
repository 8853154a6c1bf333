//! Search terms and objects of the cases.

/// Search terms and objects, selected from the database.
#[derive(Default)]
pub(super) struct SearchWords {
    /// A word with about 14 matches.
    pub(super) few: String,
    /// A word with thousands of matches.
    pub(super) many: String,
    /// The id of the largest group.
    pub(super) group_id: String,
    /// Name of the largest group.
    pub(super) group: String,
    /// Number of the client that most users have.
    pub(super) client: String,
    /// The id of a user who is in many groups.
    pub(super) user: String,
    /// One question about the access of that user, as a JSON array.
    pub(super) question: String,
    /// As many questions as one request can have.
    pub(super) questions: String,
    /// Uses of many users, one in each line, as JSON objects.
    pub(super) consumers: String,
    /// The id of a user whose limits deny nothing.
    pub(super) hot: String,
}

impl SearchWords {
    /// Replaces the placeholders in a text of a case.
    pub(super) fn put_into(&self, text: &str) -> String {
        text.replace("{few}", &self.few)
            .replace("{many}", &self.many)
            .replace("{group_id}", &self.group_id)
            .replace("{group}", &self.group)
            .replace("{client}", &self.client)
            .replace("{user}", &self.user)
            .replace("{question}", &self.question)
            .replace("{questions}", &self.questions)
            .replace("{consumers}", &self.consumers)
            .replace("{hot}", &self.hot)
    }
}
