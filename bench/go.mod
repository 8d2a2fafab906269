module github.com/deguchi-project/deguchi/bench

go 1.26.8
