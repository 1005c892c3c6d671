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
  own: `abandon abort absorb accelerate accept accrue ack acknowledge acquire activate adjudicate administer adopt
    advance advertise align allocate allot allow allowlist amortize amplify analyze annotate announce annul
    anonymize answer appeal apply appoint apportion appraise approve archive arm arrange ascertain ask assemble
    assert assess assign assist associate attach attest audit augment authenticate authorize automate autosave
    await backfill backport backup ban begin bet bid bill bind blacklist block blocklist book bookmark boost
    bootstrap borrow bounce bring broadcast bump bury buy calibrate cancel capture carry cashout cast categorize
    censor certify charge checkin checkout cherrypick choose circulate cite claim clarify classify clean cleanse
    cleanup clear clip clockin clockout clone close coalesce collapse collate collect combine commence commit
    compact compensate compile complete compose compress concatenate conclude condense conduct configure confirm
    confiscate connect consent consign consolidate construct consult consume contest continue contribute convene
    convert convey cool coordinate copy cordon correct correlate cosign countersign crawl credit crop crosspost
    cull curate customize cutover deactivate deallocate deauthorize debit debug decide decline decode decommission
    decompress decrease decrement decrypt dedicate deduct dedupe deduplicate defer defragment defrost delabel
    delay delegate delist deliver demolish demote denoise deny denylist deploy deposit deprecate deprovision
    dequeue dereference deregister derive descend deselect designate detach detect devalue diagnose dial digest
    dilute disable disallow disapprove disarm disassemble disassociate disband disburse discard discharge
    disconnect discontinue disengage dismantle dismiss dispatch dispense disperse displace dispose dispute
    disqualify dissociate distribute divert divide donate downgrade downsample downscale downvote drain draw
    duplicate eject elect elevate email embed emit employ empty enable encash encode encrypt end endorse engage
    engrave enhance enlarge enlist enqueue enrich enroll ensure entitle equalize equip escalate establish
    evacuate evict exchange exclude execute exempt exhibit exit expand expedite expel expire expose extend extract
    fabricate fail failover favorite favourite fax federate finalize finetune finish fire fix flag flatten flip
    flush follow force foreclose forfeit forgive fork forward freeze fulfil fulfill fund gather generate gift give
    grade grant greet grow halt handle handover hangup harden harvest hash heal hibernate hide highlight hire
    hoist hold honor humanize hydrate identify ignore illuminate immobilize impersonate implement import impose
    inactivate incentivize include increase increment incubate indent index induct infer inflate inform ingest
    inherit initialize initiate inject install instantiate insure integrate intercept interpret interrupt
    intervene introduce invalidate invert invest invite invoice invoke isolate itemize join judge jump jumpstart
    justify keep kick kickoff kill launch learn lease leave lend like link liquidate litigate load localize lock
    log lower magnify mail manage manufacture map mark mask match maximize mediate mention merge migrate minify
    minimize mint mirror mix mobilize moderate modernize modulate monetize mount move multiplex multiply mutate
    mute nack narrate navigate negotiate neutralize nominate normalize notarize notify nudge nullify obfuscate
    obtain occupy offboard offload omit onboard open operate optimize optin optout orchestrate organize orient
    outbid outsource overdraw override overrule oversee pack paginate pair paraphrase park participate paste pause
    pay payoff payout penalize permit persist personalize pick pickup pin ping place play pledge poke poll
    populate post postpone poweroff poweron preauthorize precompute predict prefetch preload prepare prepay
    prerender prescribe preserve presign prettify prevent prewarm print prioritize privatize probe proceed process
    procure produce prohibit prolong promote proofread propagate propose prorate prove provision prune
    publicize publish pull punish purchase purify push qualify quantify quarantine queue quit raise randomize rank
    rate ratify react reactivate reanalyze rearrange reassess reassign reattach rebalance rebase reblog reboot
    rebrand rebuild recalculate recall receive recharge reclaim recognize recommend recompile recompute reconcile
    reconfigure reconnect reconstruct record recover recreate recruit rectify recycle redact redeem redeliver
    redeploy redirect redistribute redo reduce reenable refer refill refine reflow reformat refresh refuel refund
    refuse refute regenerate register rehydrate reimage reimburse reimport reindex reinforce reinitialize
    reinstall reinstate reinvest reissue reject rekey relabel relaunch relax relay release relinquish relist
    reload relocate remap remediate remind remit remodel remount renew rent reopen reorder reorganize repackage
    repair reparent repatriate repay repeal repeat replay replenish replicate reply repopulate report reposition
    repost represent reprice reprint reprioritize reprocess reproduce reprovision repurpose request requeue rerun
    rescan reschedule rescind rescue reseat resell resend resequence reserve reset reshare resign resize resolve
    respawn respond restart restock restore restrict restyle resubmit resume resurrect resync retag retain
    retarget retest retire retract retrain retransmit retrigger retrofit retry return retype reupload reuse
    revalidate reveal reverse revert review revise revive revoke reward rewind rewire reword rework rewrite
    rollback rollout rollup rotate route run salvage sanction sanitize satisfy scaffold scale scaledown scalein
    scaleout scaleup schedule score scramble scrape scrub seal secure seed seek seize select sell send separate
    serialize serve settle sever shadowban share sharpen shelve ship shorten shortlist shred shrink shuffle
    shutdown sign signal silence simplify skip sleep slice smooth snooze solicit solve sort spam spawn specialize
    specify spindown spinup split sponsor squash stabilize stage stake stamp standardize standby star start stash
    steer step sterilize stitch stop stream streamline strengthen subcontract subdivide sublet submit subscribe
    substitute summarize summon supersede supplement suppress surface surrender suspend sustain swap swipe switch
    symlink sync synchronize tabulate tag take takedown takeover tamper teach tear teardown teleport terminate
    test text thaw throttle throw tie tighten tip toggle tokenize topup touch track trade train transact transcode
    transcribe transfer transform transition translate transmit transplant transport transpose traverse treat
    triage trigger trim trip troubleshoot truncate trust try tune tunnel turnoff turnon typeset unarchive unarm
    unassign unban unbind unblock unbook unbox uncancel uncheck unclaim unclose unconfirm uncordon uncover
    undelete undeploy underwrite undo undock undraft unenroll unfavorite unfavourite unflag unfold unfollow
    unfreeze unfriend ungroup unhide unify uninstall unite unlatch unlease unlike unlink unlist unload unlock
    unmark unmask unmerge unmount unmute unpack unpair unpark unpause unpin unplug unpublish unregister unreject
    unreserve unresolve unroll unschedule unseal unshare unsnooze unstage unstake unstar unsubmit unsubscribe
    unsuspend unsync untag untangle untie untrust unveil unvote unwatch unwind unwrap unzip upgrade uplift upscale
    upsell upsize upvote urge use utilize vacate vaccinate vacuum vectorize vend verify vet veto visualize void
    vote vouch wager waitlist waive wake wakeup warm warn wash watch weigh welcome whitelist widen withdraw
    withhold wrap writeoff yank zip`,
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
