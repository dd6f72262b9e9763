<?php

declare(strict_types=1);

namespace Bitrix\Main\Session;

interface SessionInterface
{
    public function getId();

    public function save();

    public function has($name);

    public function get($name);

    public function set($name, $value);
}
