-- Run once, when the server's volume is new: each service has a database of its own.
create database vault;
create database control_plane;
