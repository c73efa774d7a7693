// The real Wechaty gateway (PuppetServer of npm) in front of the mock puppet, steered by a test over HTTP.
//
//   GATEWAY_PORT, GATEWAY_TOKEN    where the bot connects, over gRPC
//   GATEWAY_CONTROL                where the test connects: POST /<operation> with a JSON body
//   GATEWAY_CERT, GATEWAY_KEY      PEM files; with them the gRPC port speaks TLS
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { randomUUID } from 'node:crypto'
import { FileBox } from 'file-box'
import * as PUPPET from 'wechaty-puppet'
import { PuppetMock, mock } from 'wechaty-puppet-mock'
// The package's main file would pull in the client half, whose dependencies are stubbed.
import { PuppetServer } from './node_modules/wechaty-puppet-service/dist/esm/src/server/puppet-server.js'

const HOST = '127.0.0.1'
const BOT = 'c-bot'
const { GATEWAY_PORT, GATEWAY_CONTROL, GATEWAY_TOKEN, GATEWAY_CERT, GATEWAY_KEY } = process.env

const sent = []
const accepted = []
const aliases = new Map()
const nameless = new Set() // rooms of which the account knows nothing but their messages
let onSend = 'deliver' // or: hang, fail, die, keep (nothing is taken back)

class SteeredPuppet extends PuppetMock {
  // The mock forgets mentions, returns no id and never echoes; real puppets do all three.
  async messageSendText (conversationId, text, mentions = []) {
    if (!this.isLoggedIn) throw new Error('not logged in')
    if (onSend === 'hang') await new Promise(() => {})
    if (onSend === 'die') process.exit(1)
    if (onSend === 'fail') throw new Error('the platform said no')
    const id = randomUUID()
    remember({ id, talkerId: BOT, text, mentions, room: isRoom(conversationId) ? conversationId : undefined, to: conversationId })
    sent.push({ id, conversation: conversationId, text, mentions })
    setImmediate(() => this.emit('message', { messageId: id }))
    return id
  }

  async messageSendFile (conversationId, fileBox) {
    if (onSend === 'fail') throw new Error('the platform said no')
    const id = randomUUID()
    const content = await fileBox.toBuffer()
    sent.push({ id, conversation: conversationId, file: fileBox.name, base64: content.toString('base64') })
    return id
  }

  // As WeChat does: one's own messages, for two minutes.
  async messageRecall (id) {
    const message = sent.find(one => one.id === id)
    if (!message || message.recalled || onSend === 'keep') return false
    message.recalled = true
    return true
  }

  async roomRawPayload (id) {
    if (nameless.has(id)) throw new Error('room not found')
    return super.roomRawPayload(id)
  }

  async roomMemberRawPayload (roomId, contactId) {
    if (nameless.has(roomId)) throw new Error('room not found')
    const member = await super.roomMemberRawPayload(roomId, contactId)
    return { ...member, roomAlias: aliases.get(`${roomId} ${contactId}`) }
  }

  async roomInvitationAccept (id) { accepted.push(id) }
}

const mocker = new mock.Mocker()
const puppet = new SteeredPuppet({ mocker })
puppet.on('error', error => console.error('puppet error', error))

const isRoom = id => id.endsWith('@chatroom')
const contacts = new Map()
for (const [id, name] of [[BOT, '小红'], ['c-zhang', '张伟'], ['c-li', '李雷']]) {
  contacts.set(id, mocker.createContact({ id, name, alias: '', avatar: '', friend: true }))
}

// Runs at every start of the puppet, so also when a client calls Stop and Start.
mocker.use(mocked => {
  if (!puppet.isLoggedIn) mocked.login(contacts.get(BOT))
  return () => {}
})

function remember ({ id, talkerId, text, mentions = [], room, to, type = PUPPET.types.Message.Text, filename, timestamp }) {
  const address = room ? { roomId: room, mentionIdList: mentions } : { listenerId: to ?? BOT }
  mocker.MessageMock.create({ id, talkerId, text, type, filename, timestamp: timestamp ?? Date.now(), ...address })
}

function announce (message) {
  const id = message.id ?? randomUUID()
  remember({ ...message, id, talkerId: message.from })
  puppet.emit('message', { messageId: id })
  return id
}

const operations = {
  status: () => ({ loggedIn: puppet.isLoggedIn, listeners: puppet.listenerCount('message') }),
  sent: () => sent,
  accepted: () => accepted,
  room: ({ id, topic }) => { mocker.createRoom({ id, topic, ownerId: 'c-zhang', memberIdList: [...contacts.keys()] }) },
  nameless: ({ room }) => { nameless.add(room) },
  alias: ({ room, contact, alias }) => { aliases.set(`${room} ${contact}`, alias) },
  say: announce,
  burst: ({ texts, ...message }) => texts.map(text => announce({ ...message, text })),
  file: ({ name, base64, url, ...message }) => {
    const id = randomUUID()
    if (base64) mocker.cacheFileBoxPayload.set(id, JSON.stringify(FileBox.fromBase64(base64, name)))
    if (url) mocker.cacheFileBoxPayload.set(id, JSON.stringify(FileBox.fromUrl(url, { name })))
    return announce({ ...message, id, text: '', filename: name, type: PUPPET.types.Message.Attachment })
  },
  emit: ({ event, payload }) => { puppet.emit(event, payload) },
  topic: async ({ room, topic }) => {
    const old = mocker.roomPayload(room).topic
    mocker.roomPayload(room).topic = topic
    await puppet.dirtyPayload(PUPPET.types.Payload.Room, room)
    puppet.emit('room-topic', { roomId: room, newTopic: topic, oldTopic: old, changerId: 'c-zhang', timestamp: Date.now() })
  },
  onSend: ({ behaviour }) => { onSend = behaviour },
  logout: () => puppet.logout('test'),
  login: () => { mocker.login(contacts.get(BOT)) },
}

async function control (request, response) {
  let body = ''
  for await (const chunk of request) body += chunk
  try {
    const result = await operations[request.url.slice(1)](JSON.parse(body || '{}'))
    response.end(JSON.stringify(result ?? null))
  } catch (error) {
    response.writeHead(500).end(String(error.stack))
  }
}

const tls = GATEWAY_CERT
  ? { serverCert: readFileSync(GATEWAY_CERT, 'utf8'), serverKey: readFileSync(GATEWAY_KEY, 'utf8') }
  : { disable: true }
await puppet.start()
await new PuppetServer({ endpoint: `${HOST}:${GATEWAY_PORT}`, puppet, token: GATEWAY_TOKEN, tls }).start()
await new Promise(resolve => http.createServer(control).listen(Number(GATEWAY_CONTROL), HOST, resolve))
console.log('READY')
