// Stands in for packages that only the client half of wechaty-puppet-service needs.
module.exports = {}
