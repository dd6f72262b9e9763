<?php

$MESS['EMIAS_GATEWAY_MODULE_NAME'] = 'Запись к врачу через ЕМИАС';
$MESS['EMIAS_GATEWAY_MODULE_DESCRIPTION'] = 'Компоненты записи на приём, лента врачей для шлюза и оповещение об изменениях.';
$MESS['EMIAS_GATEWAY_INSTALL_TITLE'] = 'Установка модуля записи через ЕМИАС';
$MESS['EMIAS_GATEWAY_INSTALLED'] = 'Модуль установлен. Укажите адрес шлюза и ключи в настройках.';
$MESS['EMIAS_GATEWAY_INSTALL_STOPPED'] = 'Модуль не установлен';
$MESS['EMIAS_GATEWAY_INSTALL_FAILED'] = 'Установка прервана, всё возвращено как было:';
$MESS['EMIAS_GATEWAY_TO_SETTINGS'] = 'Открыть настройки';
$MESS['EMIAS_GATEWAY_BACK'] = 'Вернуться к списку';
$MESS['EMIAS_GATEWAY_UNINSTALL_TITLE'] = 'Удаление модуля записи через ЕМИАС';
$MESS['EMIAS_GATEWAY_UNINSTALL_WARNING'] = 'Запись на сайте перестанет работать. Записи пациентов в ЕМИАС и в шлюзе останутся.';
$MESS['EMIAS_GATEWAY_KEEP_DATA'] = 'Сохранить настройки, ключи и очередь изменений';
$MESS['EMIAS_GATEWAY_UNINSTALL'] = 'Удалить модуль';
$MESS['EMIAS_GATEWAY_UNINSTALLED'] = 'Модуль удалён.';
$MESS['EMIAS_GATEWAY_NEEDS_PHP'] = 'Нужен PHP #PHP# или новее.';
$MESS['EMIAS_GATEWAY_NEEDS_MAIN'] = 'Нужен главный модуль версии #MAIN# или новее: обновите ядро.';
$MESS['EMIAS_GATEWAY_NEEDS_UTF'] = 'Нужен сайт в кодировке UTF-8.';
$MESS['EMIAS_GATEWAY_NEEDS_CURL'] = 'Нужно расширение PHP curl.';
$MESS['EMIAS_GATEWAY_NEEDS_JSON'] = 'Нужно расширение PHP json.';
$MESS['EMIAS_GATEWAY_NEEDS_MBSTRING'] = 'Нужно расширение PHP mbstring.';
$MESS['EMIAS_GATEWAY_NEEDS_CRYPTO'] = 'Нужны расширение openssl и ключ crypto.crypto_key в /bitrix/.settings.php: им шифруются ключи доступа.';
