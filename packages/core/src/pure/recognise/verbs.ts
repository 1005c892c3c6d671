/** What a word in a route does, when it is a verb. `own`: a verb of the product's own. */
export type VerbKind = 'create' | 'read' | 'list' | 'update' | 'delete' | 'upload' | 'download' | 'export' | 'own';

/** Verbs of English that routes use, by what they do. */
const TABLE: Readonly<Record<VerbKind, string>> = {
  create: 'add append create insert make new store',
  read: `autocomplete calculate check compare compute count describe diff dryrun estimate eval evaluate exists explain fetch get
    inspect introspect lookup parse peek preview read render retrieve show simulate suggest validate view`,
  list: 'aggregate browse filter find list query scan search',
  update: `adjust alter amend change edit modify overwrite patch put rename replace save set unset update
    upsert write`,
  delete: 'del delete destroy drop erase expunge purge remove trash wipe',
  upload: 'upload',
  download: 'download',
  export: 'export',
  own: `abandon abort accept ack acknowledge acquire activate adopt advance allocate allot allow analyze annotate annul
    anonymize answer appeal apply approve archive arm assemble assign associate attach attest audit authenticate
    authorize autosave backup ban begin bill bind block book boost borrow bounce broadcast bump bury buy calibrate
    cancel capture cast censor certify charge checkin checkout claim classify clean cleanup clear clip clone close
    collapse collect commence commit compact compensate compile complete compose compress conclude configure confirm
    connect consent consolidate consume contest continue convert cool copy cordon correct crawl crop deactivate
    deallocate deauthorize debit decide decline decode decommission decompress decrement decrypt deduct dedupe
    deduplicate defer defragment delegate deliver demolish demote deny deploy deprecate deprovision dequeue
    deregister designate detach detect dial digest disable disallow disapprove disarm disassociate disburse discard
    disconnect discontinue dismiss dispatch dispose dispute dissociate distribute donate downgrade downvote drain
    draw duplicate elevate email empty enable encode encrypt end endorse enqueue enrich enroll escalate evacuate
    evict exchange exclude execute exempt exit expire extend fail failover favorite favourite fax finalize finish
    fire flag flush follow force forfeit forgive fork forward freeze fulfill fund generate give grade grant halt
    handle handover hangup harvest hash hibernate hide hold honor ignore impersonate import include increment index
    ingest initialize initiate install interrupt invalidate invite invoice invoke isolate join judge keep kick kill
    launch lease leave lend like link liquidate load lock log mail map mark mask match mention merge migrate mint
    mirror moderate mount move mute nack negotiate nominate normalize notarize notify nudge offboard onboard open
    optimize optout organize override pack pair park pause pay payout pickup pin ping place play poke poll populate
    post postpone poweroff poweron prepare prioritize proceed process prolong promote propose provision prune
    publish pull push quarantine queue quit rank rate react reactivate reanalyze reassign reattach rebalance rebase
    reboot rebuild recalculate receive reclaim recognize recompute reconcile reconnect record recover recreate
    recycle redact redeem redeliver redeploy redirect redo reenable refresh refund refute regenerate register
    reimburse reindex reinstall reinstate reissue reject relaunch release relinquish reload relocate remediate
    remind renew reopen reorder reorganize repair reparent repay repeat replay replenish replicate reply report
    reposition repost reprocess request requeue rerun rescan reschedule rescind resend reserve reset reshare resize
    resolve respawn respond restart restock restore restrict resubmit resume resync retain retire retract retrain
    retrigger retry return reveal reverse revert review revise revoke reward rewind rollback rotate route run
    sanction sanitize scale schedule score scrape seal seed select sell send settle share ship shuffle shutdown sign
    silence skip sleep slice snapshot snooze solve sort spam spawn split sponsor stage standby star start stash step
    stop stream submit subscribe substitute summarize supersede surrender suspend swap switch sync synchronize tag
    take teleport terminate test text throttle toggle tokenize topup touch track trade train transcode transcribe
    transfer transform transition translate transmit trigger trip truncate try tunnel unarchive unassign unban
    unbind unblock unclaim uncordon undelete undeploy underwrite undo unenroll unfavorite unfavourite unflag
    unfollow unfreeze ungroup unhide uninstall unlike unlink unlist unload unlock unmark unmask unmerge unmount
    unmute unpair unpause unpin unpublish unregister unreserve unresolve unschedule unshare unsnooze unstar
    unsubscribe unsuspend unsync untag unvote unwatch unwrap upgrade upvote use vacate vacuum verify void vote waive
    wake wakeup warm watch withdraw withhold wrap yank zip`,
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
