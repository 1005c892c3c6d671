/** What a word in a route does, when it is a verb. `own`: a verb of the product's own. */
export type VerbKind = 'create' | 'read' | 'list' | 'update' | 'delete' | 'upload' | 'download' | 'export' | 'own';

/** Verbs of English that routes use, by what they do. */
const TABLE: Readonly<Record<VerbKind, string>> = {
  create: 'add append create insert make new store',
  read: `autocomplete calculate can check compare compute count describe determine diff dryrun estimate eval evaluate exists
    explain fetch geocode get has inspect introspect is lookup parse peek preview read render retrieve show simulate suggest
    validate view`,
  list: 'aggregate browse filter find list mget msearch query scan search',
  update: `adjust alter amend change edit modify overwrite patch put rename replace save set unset update
    upsert write`,
  delete: 'del delete destroy drop erase expunge purge remove trash wipe',
  upload: 'upload',
  download: 'download',
  export: 'export',
  own: `abandon abort accept ack acknowledge acquire activate adjudicate adopt advance allocate allot allow
    amortize analyze annotate announce annul anonymize answer appeal apply approve archive arm arrange ascertain
    ask assemble assess assign associate attach attest audit authenticate authorize autosave await backup ban
    begin bill bind block book bookmark boost bootstrap borrow bounce broadcast bump bury buy calibrate cancel capture cast
    categorize censor certify charge checkin checkout choose cite claim classify clean cleanup clear clip clone
    close coalesce collapse collate collect combine commence commit compact compensate compile complete compose
    compress conclude condense configure confirm confiscate connect consent consolidate consult consume contest
    continue contribute convene convert cool coordinate copy cordon correct correlate crawl crop crosspost
    customize deactivate deallocate deauthorize debit debug decide decline decode decommission decompress decrease
    decrement decrypt dedicate deduct dedupe deduplicate defer defragment delegate delist deliver demolish demote
    deny deploy deposit deprecate deprovision dequeue deregister derive descend deselect designate detach detect
    diagnose dial digest disable disallow disapprove disarm disassemble disassociate disband disburse discard
    discharge disconnect discontinue disengage dismantle dismiss dispatch displace dispose dispute disqualify
    dissociate distribute donate downgrade downvote drain draw duplicate eject elevate email embed emit employ
    empty enable encode encrypt end endorse engage enhance enlarge enqueue enrich enroll ensure
    equip escalate establish evacuate evict exchange exclude execute exempt exit expand expedite expel expire
    expose extend fail failover favorite favourite fax finalize finish fire fix flag flatten flip flush follow
    force forfeit forgive fork forward freeze fulfil fulfill fund gather generate give grade grant greet grow halt
    handle handover hangup harvest hash heal hibernate hide highlight hire hold honor hydrate identify ignore
    impersonate implement import impose inactivate include increase increment index infer inflate inform ingest
    inherit initialize initiate inject install instantiate integrate intercept interpret interrupt intervene
    introduce invalidate invert invest invite invoice invoke isolate join judge jump justify keep kick kickoff
    kill launch learn lease leave lend like link liquidate load localize lock log lower magnify mail manage
    manufacture map mark mask match maximize mediate mention merge migrate minify minimize mint mirror mix
    mobilize moderate monetize mount move multiply mutate mute nack negotiate neutralize nominate normalize
    notarize notify nudge nullify obfuscate obtain occupy offboard offload omit onboard open operate optimize
    optin optout orchestrate organize override overrule oversee pack pair park participate paste pause pay payoff
    payout penalize permit persist personalize pick pickup pin ping place play poke poll populate post postpone
    poweroff poweron preauthorize precompute predict prefetch preload prepare prepay prescribe preserve prettify
    print prioritize privatize probe proceed process procure produce prohibit prolong promote propose
    prove provision prune publish pull purchase push qualify quantify quarantine queue quit raise randomize rank
    rate ratify react reactivate reanalyze rearrange reassess reassign reattach rebalance rebase reboot rebrand
    rebuild recalculate receive recharge reclaim recognize recommend recompile recompute reconcile reconfigure
    reconnect reconstruct record recover recreate recruit rectify recycle redact redeem redeliver redeploy
    redirect redistribute redo reduce reenable refer refill reformat refresh refund refuse refute regenerate
    register rehydrate reimburse reimport reindex reinforce reinitialize reinstall reinstate reinvest reissue
    reject rekey relaunch relax relay release relinquish reload relocate remap remediate remind remit remodel
    remount renew reopen reorder reorganize repackage repair reparent repatriate repay repeal repeat replay
    replenish replicate reply repopulate report reposition repost reprice reprint reprioritize reprocess reproduce
    reprovision repurpose request requeue rerun rescan reschedule rescind rescue resell resend resequence reserve
    reset reshare resign resize resolve respawn respond restart restock restore restrict resubmit resume resurrect
    resync retag retain retest retire retract retrain retransmit retrigger retry return retype reuse revalidate
    reveal reverse revert review revise revive revoke reward rewind reword rework rewrite rollback rollout rollup
    rotate route run salvage sanction sanitize satisfy scaffold scale schedule score scramble scrape seal secure
    seed seize select sell send serialize serve settle sever share shelve ship shorten shrink shuffle shutdown
    sign silence simplify skip sleep slice smooth snooze solve sort spam spawn specialize specify split
    sponsor squash stabilize stage standardize standby star start stash steer step stitch stop stream strengthen
    subdivide submit subscribe substitute summarize supersede suppress surface surrender suspend sustain swap
    swipe switch symlink sync synchronize tabulate tag take teach tear teleport terminate test text thaw throttle
    throw tie tighten toggle tokenize topup touch track trade train transact transcode transcribe transfer
    transform transition translate transmit transport traverse treat triage trigger trim trip troubleshoot
    truncate trust try tune tunnel unarchive unarm unassign unban unbind unblock unbook uncancel unclaim unclose
    unconfirm uncordon undelete undeploy underwrite undo undraft unenroll unfavorite unfavourite unflag unfollow
    unfreeze ungroup unhide unify uninstall unite unlease unlike unlink unlist unload unlock unmark unmask unmerge
    unmount unmute unpack unpair unpark unpause unpin unpublish unregister unreject unreserve unresolve unroll
    unschedule unseal unshare unsnooze unstage unstar unsubmit unsubscribe unsuspend unsync untag untrust unveil
    unvote unwatch unwind unwrap unzip upgrade upscale upvote urge use utilize vacate vacuum vectorize verify vet
    visualize void vote vouch waive wake wakeup warm warn wash watch weigh welcome widen withdraw withhold wrap
    yank zip`,
};

/** The same, as lists. */
export const VERBS: Readonly<Record<VerbKind, readonly string[]>> = compileLists();

const KINDS = compile();

/** What the word does, or undefined when it is no verb we know. British spelling counts, and `re`, `un`, `de`, `dis` in front. */
export function verbOf(word: string): VerbKind | undefined {
  const known = KINDS.get(word);
  if (known !== undefined) return known;
  const american = word.replace(/ise$/, 'ize');
  if (american !== word && KINDS.has(american)) return KINDS.get(american);
  const stem = /^(?:re|un|de|dis)([a-z]{4,})$/.exec(word)?.[1];
  return stem !== undefined && KINDS.get(stem) === 'own' ? 'own' : undefined;
}

/** The verb behind a state: `starred` is star, `suspended` is suspend, `following` is follow. */
export function verbOfState(word: string): string | undefined {
  const stem = /^([a-z]{3,}?)ed$/.exec(word)?.[1] ?? (word === 'following' ? 'follow' : undefined);
  if (stem === undefined) return undefined;
  for (const candidate of [stem, `${stem}e`, stem.replace(/([^aeiou])\1$/, '$1'), stem.replace(/i$/, 'y')]) {
    if (KINDS.get(candidate) === 'own') return candidate;
  }
  return undefined;
}

function compileLists(): Readonly<Record<VerbKind, readonly string[]>> {
  const lists = Object.entries(TABLE).map(([kind, verbs]) => [kind, [...new Set(verbs.split(/\s+/))]]);
  return Object.fromEntries(lists) as Record<VerbKind, readonly string[]>;
}

function compile(): ReadonlyMap<string, VerbKind> {
  const kinds = new Map<string, VerbKind>();
  for (const kind of Object.keys(VERBS) as VerbKind[]) for (const verb of VERBS[kind]) kinds.set(verb, kind);
  return kinds;
}
