"""菜单海报: a month's menu as a picture that a phone shows well. `words` is what it says, `picture` draws it."""
