//! Random uses of a rate, compared with a bucket that leaks. No time passes by itself, so the numbers are exact.

use domain::{
    limits::{LimitStatus, LimitsAnswer},
    usage::{ReleaseDraft, ReserveDraft, SettleDraft, UsageEventDraft, UseDraft},
};
use serde_json::{Value, from_value, json};
use service::{Error, Services, access::operator, limits, usage};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

use crate::support::{clock, numbers::Numbers, services, users::add};

/// Used tokens of a rate. The database stores the time up to which it is spent instead.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    /// Amount per minute by which the tokens were counted. As many leak in a minute.
    amount: f64,
}

impl Bucket {
    /// Counts the tokens by an amount. They stay, but leak in a minute, or in as many minutes as before if these are more.
    fn counted_by(self, amount: f64) -> Self {
        let most = amount.max(self.tokens * amount / self.amount);
        Self {
            tokens: self.tokens.min(most),
            amount,
        }
    }

    /// Adds tokens, up to those that leak in an hour, or takes some away.
    fn add(&mut self, tokens: f64) {
        self.tokens = (self.tokens + tokens).clamp(0.0, self.amount * 60.0);
    }

    fn leak(&mut self, seconds: f64) {
        self.tokens = (self.tokens - self.amount * seconds / 60.0).max(0.0);
    }

    /// Returns the tokens that are displayed as used of an amount.
    fn used(self, amount: f64) -> f64 {
        self.counted_by(amount).tokens.ceil().min(amount)
    }
}

/// Reserved tokens.
#[derive(Debug)]
struct Reserved {
    lease: Uuid,
    tokens: f64,
    /// Seconds since the start of the test.
    at: f64,
}

/// A user with a rate, and the bucket that is the model of it.
struct Rate {
    services: Services,
    user: Uuid,
    amount: f64,
    bucket: Bucket,
    leases: Vec<Reserved>,
    /// Seconds since the start of the test.
    now: f64,
}

/// Returns the used tokens of the only limit.
fn used_of(limits: &[LimitStatus]) -> f64 {
    assert_eq!(limits.len(), 1);
    limits[0].used.units() as f64
}

impl Rate {
    async fn create(pool: &PgPool, amount: f64) -> Self {
        let mut rate = Self {
            services: services(pool),
            user: add(pool, "ada", &[]).await,
            amount,
            bucket: Bucket {
                tokens: 0.0,
                amount,
            },
            leases: Vec::new(),
            now: 0.0,
        };
        rate.set(amount).await;
        rate
    }

    /// Sets the amount. The tokens are counted by it when some are asked for.
    async fn set(&mut self, amount: f64) {
        let json = json!({ "subject": { "user": self.user }, "metric": "tpm", "amount": amount });
        let limit = from_value(json).unwrap();
        limits::put(&self.services, &operator(), limit)
            .await
            .unwrap();
        let left = |amount| amount - self.bucket.used(amount);
        assert!(
            amount < self.amount || left(amount) >= left(self.amount),
            "a raised rate leaves less"
        );
        self.amount = amount;
    }

    async fn pass(&mut self, seconds: f64) {
        clock::advance(&self.services.pool, seconds).await;
        self.bucket.leak(seconds);
        self.now += seconds;
    }

    /// Returns what is displayed as used.
    async fn used(&self) -> f64 {
        let limits = limits::list_effective(&self.services, &operator(), self.user).await;
        used_of(&limits.unwrap())
    }

    fn asked(&self, tokens: f64) -> Value {
        json!({ "user": self.user, "tokens": tokens })
    }

    async fn consume(&mut self, tokens: f64) {
        let asked: UseDraft = from_value(self.asked(tokens)).unwrap();
        let result = limits::consume(&self.services, &operator(), &asked).await;
        self.compare(tokens, result);
    }

    async fn reserve(&mut self, tokens: f64) {
        let asked: ReserveDraft = from_value(self.asked(tokens)).unwrap();
        let result = limits::reserve(&self.services, &operator(), &asked).await;
        if let Some(answer) = self.compare(tokens, result) {
            self.leases.push(Reserved {
                lease: answer.lease.unwrap(),
                tokens,
                at: self.now,
            });
        }
    }

    /// Compares the result of asking for tokens with the model, and adds them if they are permitted.
    fn compare(
        &mut self,
        tokens: f64,
        result: Result<LimitsAnswer, Error>,
    ) -> Option<LimitsAnswer> {
        self.bucket = self.bucket.counted_by(self.amount);
        let over = self.bucket.tokens + tokens - self.amount;
        match result {
            Ok(answer) => {
                assert!(over <= 0.0, "{tokens} {:?}", self.bucket);
                self.bucket.add(tokens);
                assert_eq!(used_of(&answer.limits), self.bucket.used(self.amount));
                Some(answer)
            }
            Err(Error::LimitReached(denied)) => {
                assert!(over > 0.0, "{tokens} {:?}", self.bucket);
                let seconds = (over * 60.0 / self.amount).ceil();
                assert_eq!(
                    denied.retry_after,
                    Some(seconds as u64),
                    "{:?}",
                    self.bucket
                );
                None
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Reports tokens that are used, whether they are permitted or not.
    async fn report(&mut self, tokens: f64) {
        let mut event = self.asked(tokens);
        event["eventId"] = json!(Uuid::now_v7());
        let event: UsageEventDraft = from_value(event).unwrap();
        let stored = usage::store(&self.services, &operator(), &[event]).await;
        assert_eq!(stored.unwrap().counted, 1);
        self.bucket = self.bucket.counted_by(self.amount);
        self.bucket.add(tokens);
    }

    /// Settles the latest reservation with a multiple of its tokens, or releases it.
    async fn end(&mut self, multiple: Option<f64>) {
        let Some(reserved) = self.leases.pop() else {
            return;
        };
        let (lease, used) = (reserved.lease, reserved.tokens * multiple.unwrap_or(0.0));
        if multiple.is_some() {
            let asked: SettleDraft = from_value(json!({ "lease": lease, "tokens": used })).unwrap();
            limits::settle(&self.services, &operator(), &asked)
                .await
                .unwrap();
        } else {
            limits::release(&self.services, &operator(), ReleaseDraft { lease })
                .await
                .unwrap();
        }
        // What has leaked since the reservation is not given back again.
        let leaked = self.amount * (self.now - reserved.at) / 60.0;
        let unused = (reserved.tokens - used.max(leaked)).max(0.0);
        let change = (used - reserved.tokens).max(-unused);
        if change != 0.0 {
            self.bucket = self.bucket.counted_by(self.amount);
            self.bucket.add(change);
        }
    }
}

#[testing::test]
async fn random_uses_of_a_rate_agree_with_the_model(
    options: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let pool = clock::stopped(options, connect).await;
    let mut numbers = Numbers(11);
    let mut rate = Rate::create(&pool, 1_000.0).await;
    for number in 0..400 {
        let tokens = [400.0, 600.0][usize::from(numbers.below(2) == 0)];
        let operation = numbers.below(13);
        match operation {
            0 | 1 => rate.consume(tokens).await,
            2..=4 => rate.reserve(tokens).await,
            5 | 6 => {
                let multiple = [0.0, 0.5, 1.0, 1.5][numbers.below(4) as usize];
                rate.end(Some(multiple)).await;
            }
            7 => rate.end(None).await,
            8 => rate.report(tokens).await,
            9 => rate.set(3_000.0 - rate.amount).await,
            // Six seconds are a whole number of tokens.
            _ => rate.pass(6.0 * numbers.below(5) as f64).await,
        }
        let expected = rate.bucket.used(rate.amount);
        assert_eq!(
            rate.used().await,
            expected,
            "{operation} after {number} operations: {:?}",
            rate.bucket
        );
    }
}

#[testing::test]
async fn use_of_a_lowered_rate_fits_after_the_time_to_wait(
    options: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let pool = clock::stopped(options, connect).await;
    let mut rate = Rate::create(&pool, 1_000.0).await;
    rate.consume(1_000.0).await;
    rate.set(10.0).await;
    // The use is denied, and the rate is counted by its new amount from now on.
    rate.consume(1.0).await;
    assert_eq!(rate.bucket.tokens, 10.0);
    rate.pass(6.0).await;
    rate.consume(1.0).await;
    assert_eq!(rate.bucket.tokens, 10.0);

    rate.set(5.0).await;
    let asked: UseDraft = from_value(rate.asked(1.0)).unwrap();
    let check = async || {
        let checked = limits::check(&rate.services, &operator(), &asked).await;
        checked.unwrap()
    };
    let denied = check().await;
    assert_eq!((denied.allowed, denied.retry_after), (false, Some(12)));
    clock::advance(&pool, 12.0).await;
    assert!(check().await.allowed);
}

#[testing::test]
async fn rate_is_spent_for_an_hour_at_most_after_the_clock_is_set_back(
    options: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let pool = clock::stopped(options, connect).await;
    let mut rate = Rate::create(&pool, 10.0).await;
    rate.consume(10.0).await;
    clock::advance(&pool, -5.0 * 3_600.0).await;
    // The tokens of an hour.
    rate.bucket.tokens = 600.0;
    rate.consume(1.0).await;
    rate.pass(3_546.0).await;
    rate.consume(1.0).await;
    assert_eq!(rate.bucket.tokens, 10.0);
}
