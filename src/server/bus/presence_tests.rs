use super::*;

fn ids() -> (TenantId, AgentId, AgentId) {
    (TenantId::from("tnt_1"), AgentId::from("agt_ana"), AgentId::from("agt_ben"))
}

#[test]
fn an_agent_is_online_for_the_grace_period_unless_away() {
    let presence = Presence::default();
    let (tenant, ana, _) = ids();
    let stream = presence.enter(&tenant, &ana, false, || Timestamp(1_000));
    assert_eq!(&*presence.online(&tenant, Timestamp(0)), std::slice::from_ref(&ana));
    drop(stream);
    assert_eq!(&*presence.online(&tenant, Timestamp(1_000 + GRACE.0 - 1)), std::slice::from_ref(&ana));
    assert_eq!(&*presence.online(&tenant, Timestamp(1_000 + GRACE.0)), []);
    let _stream = presence.enter(&tenant, &ana, true, || Timestamp(0));
    assert_eq!(&*presence.online(&tenant, Timestamp(0)), []);
    presence.set_away(&tenant, &ana, false);
    assert_eq!(&*presence.online(&tenant, Timestamp(0)), [ana]);
}

#[test]
fn who_signs_out_is_offline_at_once() {
    let presence = Presence::default();
    let (tenant, ana, ben) = ids();
    drop(presence.enter(&tenant, &ana, false, || Timestamp(1_000)));
    presence.leave(&tenant, &ana);
    let mut stream = presence.enter(&tenant, &ben, false, || Timestamp(1_000));
    stream.without_grace();
    drop(stream);
    assert_eq!(&*presence.online(&tenant, Timestamp(1_000)), []);
    assert_eq!(presence.last_seen(&tenant, &ana, Timestamp(2_000)), (false, Some(Timestamp(1_000))));
}

#[test]
fn the_online_list_is_shared_until_it_changes() {
    let presence = Presence::default();
    let (tenant, ana, ben) = ids();
    let _ana = presence.enter(&tenant, &ana, false, || Timestamp(0));
    let first = presence.online(&tenant, Timestamp(0));
    assert!(Arc::ptr_eq(&first, &presence.online(&tenant, Timestamp(1))));
    let _ben = presence.enter(&tenant, &ben, false, || Timestamp(0));
    assert_eq!(presence.online(&tenant, Timestamp(1)).len(), 2);
    assert_eq!(first.len(), 1);
}

#[test]
fn agents_of_other_nodes_are_online_until_their_presence_expires() {
    let presence = Presence::default();
    let (tenant, ana, ben) = ids();
    let remote = |agent: &AgentId, away| RecordedPresence {
        tenant: tenant.clone(),
        agent: agent.clone(),
        until: Some(Timestamp(500)),
        away,
    };
    let told = presence.watch(&tenant);
    let (_, mark) = presence.local();
    presence.set_recorded(&[remote(&ana, false), remote(&ben, true)], mark);
    assert_eq!(&*presence.online(&tenant, Timestamp(499)), std::slice::from_ref(&ana));
    assert!(presence.last_seen(&tenant, &ben, Timestamp(499)).0, "away, and there");
    assert_eq!(&*presence.online(&tenant, Timestamp(500)), []);
    let count = *told.borrow();
    assert!(count > 0);
    // Only a change notifies the streams.
    presence.set_recorded(&[remote(&ana, false), remote(&ben, true)], mark);
    assert_eq!(*told.borrow(), count);
    // What was set here since the read is newer.
    presence.set_away(&tenant, &ana, true);
    presence.set_recorded(&[remote(&ana, false)], mark);
    assert_eq!(&*presence.online(&tenant, Timestamp(0)), []);
}

#[test]
fn streams_are_accepted_since_the_last_gap() {
    let presence = Presence::default();
    let at = |seconds| Timestamp(0).plus(Span::seconds(seconds));
    assert_eq!(presence.accepting_since(at(0)), None);
    for seconds in [10, 20, 50, 80] {
        presence.confirm_accepting(at(seconds));
    }
    assert_eq!(presence.accepting_since(at(80)), Some(at(10)));
    assert_eq!(presence.accepting_since(at(111)), None);
    presence.confirm_accepting(at(111));
    assert_eq!(presence.accepting_since(at(111)), Some(at(111)));
}
