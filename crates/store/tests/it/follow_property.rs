//! Random writes, appends, cuts and lazy readers: nothing lost, nothing doubled.

use futures::{FutureExt, StreamExt, stream::BoxStream};
use proptest::prelude::*;
use weald_domain::{
    cursor::{Cursor, FeedCursor},
    event::{SessionEvent, Topic, TopicFilter},
    ports::{FeedFrame, Frame, LiveWriter},
};
use weald_testkit::contract::{
    streams::Screen,
    world::{Running, World, event, soon},
};

use crate::fresh;

const READERS: usize = 3;

/// One step of a random history.
#[derive(Debug, Clone)]
enum Step {
    /// The model says so many characters.
    Say(usize),
    /// A durable event stands between two words.
    Event,
    /// The owner is replaced: hand back, claim, a new writer.
    Takeover,
    /// A reader takes up to so many frames of its stream.
    Read(usize, usize),
    /// A reader's connection is cut; it comes back with its cursor.
    Cut(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1usize..40).prop_map(Step::Say),
        1 => (20_000usize..90_000).prop_map(Step::Say),
        2 => Just(Step::Event),
        1 => Just(Step::Takeover),
        4 => (0..READERS, 0usize..30).prop_map(|(who, n)| Step::Read(who, n)),
        2 => (0..READERS).prop_map(Step::Cut),
    ]
}

struct Reader {
    screen: Screen,
    frames: Option<BoxStream<'static, Frame>>,
}

struct Writer {
    world: World,
    run: Running,
    log: Box<dyn LiveWriter>,
    said: String,
}

impl Writer {
    async fn say(&mut self, length: usize) {
        let word: String = ('a'..='ž')
            .cycle()
            .skip(self.said.len() % 7)
            .take(length)
            .collect();
        let offset = self.said.chars().count() as u64;
        let delta = self.world.delta(&self.run, offset, &word);
        let seq = self.run.lease.head_seq;
        self.log
            .write(seq, &[delta], self.world.ports.now())
            .expect("writes");
        self.said.push_str(&word);
    }

    async fn event(&mut self) {
        let event = event(SessionEvent::Unknown {
            event_type: "a_boundary".into(),
            payload: "{}".into(),
        });
        self.world.append(&mut self.run, vec![event], vec![]).await;
    }

    async fn takeover(&mut self) {
        let hand_back = vec![weald_domain::ports::Write::HandBack];
        self.world.append(&mut self.run, vec![], hand_back).await;
        let journal = &self.world.ports.journal;
        let claimed = journal.claim(self.run.session.id).await.expect("claims");
        self.run.lease = claimed.expect("is free").lease;
        let origin = self.world.origin(&self.run);
        let log = &self.world.ports.live_log;
        self.log = log.open(origin, self.run.lease.epoch).await.expect("opens");
        self.event().await;
    }
}

async fn follow(world: &World, run: &Running, after: Cursor) -> BoxStream<'static, Frame> {
    let streams = &world.ports.streams;
    streams
        .follow(run.session.id, after)
        .await
        .expect("can be followed")
}

async fn read(reader: &mut Reader, writer: &Writer, count: usize) {
    let frames = match &mut reader.frames {
        Some(frames) => frames,
        none => none.insert(follow(&writer.world, &writer.run, reader.screen.last).await),
    };
    for _ in 0..count {
        // Catching up needs the file system, so "nothing now" may also mean "not yet".
        let Some(frame) = frames.next().now_or_never() else {
            return;
        };
        reader.screen.show(frame.expect("goes on").envelope());
    }
}

async fn finish(reader: Reader, writer: &Writer) -> Screen {
    let mut screen = reader.screen;
    let frames = match reader.frames {
        Some(frames) => frames,
        None => follow(&writer.world, &writer.run, screen.last).await,
    };
    let rest: Vec<_> = soon(frames.collect()).await;
    rest.iter().for_each(|frame| screen.show(frame.envelope()));
    screen
}

/// What a reader of the feed shows: the session's frames only.
async fn feed_screen(mut feed: BoxStream<'static, FeedFrame>) -> Screen {
    let mut screen = Screen::default();
    loop {
        let frame = soon(feed.next()).await.expect("goes on").frame;
        if frame.envelope().session_id.is_some() {
            screen.show(frame.envelope());
        }
        if frame.envelope().is_terminal() {
            return screen;
        }
    }
}

async fn play(steps: Vec<Step>) {
    let world = World::of(fresh().await).await;
    let run = world.begin(world.new_run("hi")).await;
    let log = world
        .ports
        .live_log
        .open(world.origin(&run), 1)
        .await
        .expect("opens");
    let mut writer = Writer {
        log,
        said: String::new(),
        run: run.clone(),
        world: world.clone(),
    };
    let topics = vec![TopicFilter::One(Topic::Conversation(
        run.session.conversation_id,
    ))];
    let feed = world
        .ports
        .feed
        .follow(&world.access, topics, FeedCursor::default())
        .await;
    let feed = feed.expect("can be followed");
    let mut readers: Vec<Reader> = (0..READERS)
        .map(|_| Reader {
            screen: Screen::default(),
            frames: None,
        })
        .collect();
    for step in steps {
        match step {
            Step::Say(length) => writer.say(length).await,
            Step::Event => writer.event().await,
            Step::Takeover => writer.takeover().await,
            Step::Read(who, count) => read(&mut readers[who], &writer, count).await,
            Step::Cut(who) => readers[who].frames = None,
        }
    }
    let said = writer.said.clone();
    world.finish(&mut writer.run, &said).await;
    for reader in readers {
        let screen = finish(reader, &writer).await;
        assert_eq!(screen.last, Cursor::durable(writer.run.lease.head_seq));
        assert!(screen.text == writer.said, "lost or doubled");
    }
    assert!(
        feed_screen(feed).await.text == writer.said,
        "the feed lost or doubled"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_every_reader_sees_the_text_once(
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(play(steps));
    }
}
