<?php

$MESS['EMIAS_GATEWAY_TAB_SETTINGS'] = 'Настройки';
$MESS['EMIAS_GATEWAY_TAB_HEALTH'] = 'Состояние';
$MESS['EMIAS_GATEWAY_DENIED'] = 'Настройки модуля меняет администратор сайта.';
$MESS['EMIAS_GATEWAY_SAVE'] = 'Сохранить';
$MESS['EMIAS_GATEWAY_SAVED'] = 'Настройки сохранены.';
$MESS['EMIAS_GATEWAY_HEALTH_GATEWAY'] = 'Шлюз';
$MESS['EMIAS_GATEWAY_HEALTH_EMIAS'] = 'ЕМИАС';
$MESS['EMIAS_GATEWAY_HEALTH_DOCTORS'] = 'Врачей в шлюзе';
$MESS['EMIAS_GATEWAY_HEALTH_LAGGING'] = 'Из них с устаревшим расписанием';
$MESS['EMIAS_GATEWAY_HEALTH_OLDEST'] = 'Самое старое расписание';
$MESS['EMIAS_GATEWAY_HEALTH_CLOCK'] = 'Часы сайта минус часы шлюза, секунд';
$MESS['EMIAS_GATEWAY_HEALTH_OUTBOX'] = 'Изменений ждут отправки';
$MESS['EMIAS_GATEWAY_HEALTH_OUTBOX_OLDEST'] = 'Самое старое из них';
