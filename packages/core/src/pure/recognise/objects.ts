/**
 * What is typically done to what. These verbs name things as often, and in front of another word they are mostly part of a noun,
 * `report-template`; with one of these behind them they are the verb: `report-abuse`.
 */
export const OBJECTS: ReadonlyMap<string, ReadonlySet<string>> = compile(`
  block: account card contact number sender user
  book: appointment call consultation demo flight hotel meeting room seat slot table
  broadcast: message
  charge: card customer user wallet
  claim: coupon prize reward
  connect: account bank calendar device wallet
  copy: file folder page template
  crop: avatar image photo picture
  deploy: app application contract function model service site
  deposit: cash funds money
  dispute: charge transaction
  draw: card winner
  email: invoice receipt
  flag: comment content message post review user
  fork: repo repository
  forward: call email message
  freeze: account card
  install: app extension package plugin theme
  launch: app campaign instance
  like: comment photo post video
  lock: account card device door user
  log: call meal time workout
  merge: accounts branch contacts customers duplicates profiles records tickets users
  mint: nft token
  open: channel dispute position session ticket trade
  pay: balance bill deposit fee fine invoice order
  pick: order winner
  pin: comment message post
  place: bet bid hold order
  play: card move
  post: comment message reply
  print: invoice label receipt ticket
  process: application claim image order payment payout refund return video withdrawal
  promote: member user
  push: notification
  query: data
  quarantine: file
  rate: app driver order product seller trip
  record: attendance payment sale usage visit
  redirect: call
  refund: charge order payment purchase transaction
  release: escrow funds payment
  reload: config configuration
  report: abuse bug comment content issue message post problem spam user
  request: access changes deletion demo extension help payment payout quote refund removal return withdrawal
  reserve: seat slot stock table
  return: book item
  review: application submission
  reward: user
  rollback: deployment migration release
  run: backup check diagnostics job migration payroll query report scan script simulation workflow
  schedule: appointment call delivery demo interview meeting pickup visit
  search: articles contacts customers documents events files items listings messages orders people places posts products
    records rooms users videos
  share: document file folder post screen
  ship: item order package parcel
  sign: agreement contract document
  split: bill order payment
  star: message repo repository
  swap: token
  switch: account organization plan role team tenant workspace
  test: channel connection credential credentials delivery email hook integration mail message notification smtp sms webhook
  track: click conversion event pageview purchase view visit
  upgrade: account plan subscription
  use: code coupon credit voucher
  watch: repo repository thread
`);

function compile(table: string): ReadonlyMap<string, ReadonlySet<string>> {
  const rows = table.trim().split(/\n {2}(?! )/);
  return new Map(
    rows.map((row) => {
      const [verb = '', objects = ''] = row.split(': ');
      return [verb, new Set(objects.split(/\s+/))] as const;
    }),
  );
}
