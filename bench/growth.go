package main

import "errors"

func growth(*world, *options) error { return errors.New("not yet") }
