module sternpost/oracle/wire

go 1.26
